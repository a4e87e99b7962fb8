using Coxswain.ApiServer.Nodes;
using Coxswain.Client;
using Coxswain.Node;
using k8s.Models;

namespace Coxswain.Cluster;

/// <summary>The API server's way to the containers of a node agent in this process.</summary>
public sealed class NodeConnector(NodeAgent agent) : INodeConnector
{
    public Task WriteLogAsync(V1Pod pod, string container, LogOptions options, Stream output, CancellationToken ct) => agent.WriteLogAsync(pod, container, options, output, ct);

    public Task<int> ExecAsync(V1Pod pod, string container, IReadOnlyList<string> command, ExecStreams streams, CancellationToken ct) => agent.ExecAsync(pod, container, command, streams, ct);
}
