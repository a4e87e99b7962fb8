using System.Text;
using Coxswain.Api;
using Coxswain.ApiServer.Nodes;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http;

/// <summary>A node whose containers echo their input and leave with a chosen code.</summary>
internal sealed class FakeNode(int exitCode) : INodeConnector
{
    public async Task WriteLogAsync(V1Pod pod, string container, LogOptions options, Stream output, CancellationToken ct) =>
        await output.WriteAsync(Encoding.UTF8.GetBytes($"{pod.Metadata.Name}/{container} tail={options.TailLines}\n"), ct);

    public async Task<int> ExecAsync(V1Pod pod, string container, IReadOnlyList<string> command, ExecStreams streams, CancellationToken ct)
    {
        if (command[0] == "missing") throw ApiErrors.Internal("error executing command in container: no such command");
        if (streams.Stdin is not null) await streams.Stdin.CopyToAsync(streams.Stdout!, ct);
        else await streams.Stdout!.WriteAsync(Encoding.UTF8.GetBytes(string.Join(' ', command)), ct);
        if (streams.Stderr is not null) await streams.Stderr.WriteAsync("oops"u8.ToArray(), ct);
        return exitCode;
    }
}
