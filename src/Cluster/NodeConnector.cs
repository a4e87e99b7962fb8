using System.Threading.Channels;
using Coxswain.ApiServer.Nodes;
using Coxswain.Node;
using Coxswain.Node.Logs;
using k8s.Models;
using Server = Coxswain.ApiServer.Nodes;

namespace Coxswain.Cluster;

/// <summary>The API server's way to the containers of a node agent in this process.</summary>
public sealed class NodeConnector(NodeAgent agent) : INodeConnector
{
    public Task WriteLogAsync(V1Pod pod, string container, LogQuery query, Stream output, CancellationToken ct) => agent.WriteLogAsync(pod, container, new LogOptions
    {
        Follow = query.Follow,
        Previous = query.Previous,
        Timestamps = query.Timestamps,
        TailLines = query.TailLines,
        Since = query.Since,
        LimitBytes = query.LimitBytes,
        Stream = query.Stream,
    }, output, ct);

    public Task<int> ExecAsync(V1Pod pod, string container, ExecQuery query, Server.ExecStreams streams, CancellationToken ct) =>
        agent.ExecAsync(pod, container, query.Command, new Node.Runtime.ExecStreams
        {
            Stdin = streams.Stdin,
            Stdout = streams.Stdout,
            Stderr = streams.Stderr,
            Tty = query.Tty,
            Resizes = new Sizes(streams.Resizes),
        }, ct);

    /// <summary>The same sizes, as the node's type.</summary>
    private sealed class Sizes(ChannelReader<Server.TerminalSize> inner) : ChannelReader<Node.Runtime.TerminalSize>
    {
        public override Task Completion => inner.Completion;

        public override bool TryRead(out Node.Runtime.TerminalSize item)
        {
            var read = inner.TryRead(out var size);
            item = new Node.Runtime.TerminalSize(size.Width, size.Height);
            return read;
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => inner.WaitToReadAsync(cancellationToken);
    }
}
