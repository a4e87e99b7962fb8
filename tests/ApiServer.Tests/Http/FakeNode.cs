using System.Text;
using Coxswain.Api;
using Coxswain.ApiServer.Nodes;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http;

/// <summary>A node whose containers echo their input and leave with a chosen code.</summary>
internal sealed class FakeNode(int exitCode) : INodeConnector
{
    public async Task WriteLogAsync(V1Pod pod, string container, LogQuery query, Stream output, CancellationToken ct) =>
        await output.WriteAsync(Encoding.UTF8.GetBytes($"{pod.Metadata.Name}/{container} tail={query.TailLines}\n"), ct);

    public async Task<int> ExecAsync(V1Pod pod, string container, ExecQuery query, ExecStreams streams, CancellationToken ct)
    {
        if (query.Command[0] == "missing") throw ApiErrors.Internal("no such command");
        if (streams.Stdin is not null) await streams.Stdin.CopyToAsync(streams.Stdout!, ct);
        else await streams.Stdout!.WriteAsync(Encoding.UTF8.GetBytes(string.Join(' ', query.Command)), ct);
        if (streams.Stderr is not null) await streams.Stderr.WriteAsync("oops"u8.ToArray(), ct);
        return exitCode;
    }
}
