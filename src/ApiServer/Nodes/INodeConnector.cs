using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.ApiServer.Nodes;

/// <summary>How the API server reaches the containers of one node: the agent in this process, or one on another machine.</summary>
public interface INodeConnector
{
    /// <summary>Writes a container's log to <paramref name="output"/> until its end; with <see cref="LogOptions.Follow"/>, until the container has ended.</summary>
    /// <exception cref="StatusException">Nothing was written: there is no such log.</exception>
    Task WriteLogAsync(V1Pod pod, string container, LogOptions options, Stream output, CancellationToken ct);

    /// <summary>Runs a command in a running container; returns its exit code when it has ended and its output was handed over.</summary>
    /// <exception cref="StatusException">The command could not be started.</exception>
    Task<int> ExecAsync(V1Pod pod, string container, IReadOnlyList<string> command, ExecStreams streams, CancellationToken ct);
}
