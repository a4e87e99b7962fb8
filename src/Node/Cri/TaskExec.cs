using System.Text.Json.Nodes;
using System.Text.Json;
using Coxswain.Client;
using Coxswain.Node.Containerd.Services.Containers;
using Coxswain.Node.Containerd.Services.Tasks;
using Coxswain.Node.Runtime;
using Google.Protobuf.WellKnownTypes;
using Google.Protobuf;

namespace Coxswain.Node.Cri;

/// <summary>
/// Commands with connected streams, straight through containerd's tasks and named pipes. CRI's own way leads over a second server that, in WebSocket form,
/// cannot tell a command that its stdin has ended.
/// </summary>
internal sealed class TaskExec(CriChannel channel, string fifoDirectory)
{
    private const string ProcessType = "types.containerd.io/opencontainers/runtime-spec/1/Process";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Tasks.TasksClient _tasks = new(channel.Invoker);
    private readonly Containers.ContainersClient _containers = new(channel.Invoker);

    /// <summary>
    /// 1 describe the process; 2 open the pipes; 3 start; 4 pump until the command has ended and its output is read; 5 delete it, killed if it still runs.
    /// </summary>
    public async Task<int> RunAsync(string containerId, IReadOnlyList<string> command, ExecStreams streams, CancellationToken ct)
    {
        var id = Guid.NewGuid().ToString("N");
        var spec = await DescribeAsync(containerId, command, streams.Tty, ct); // 1
        using var pipes = new ExecPipes(Path.Combine(fifoDirectory, id), streams.Stdin is not null, stderr: !streams.Tty); // 2
        try
        {
            await StartAsync(containerId, id, spec, pipes, streams.Tty, ct); // 3
            pipes.LeaveOutputToTheCommand();
            return await PumpAsync(containerId, id, pipes, streams, ct); // 4
        }
        finally { await DeleteAsync(containerId, id); } // 5
    }

    /// <summary>Ends all processes of a container, whatever CRI believes of it; returns when its first one is gone.</summary>
    public async Task KillAsync(string containerId, CancellationToken ct)
    {
        try
        {
            await CriChannel.Call(_tasks.KillAsync(new KillRequest { ContainerId = containerId, Signal = 9, All = true }, Options(ct)), ct);
            await CriChannel.Call(_tasks.WaitAsync(new WaitRequest { ContainerId = containerId }, Options(ct)), ct);
        }
        catch (RuntimeException e) when (e.Code == RuntimeErrorCode.NotFound) { } // ended just now
    }

    private async Task<Any> DescribeAsync(string containerId, IReadOnlyList<string> command, bool tty, CancellationToken ct)
    {
        GetContainerResponse r;
        try { r = await CriChannel.Call(_containers.GetAsync(new GetContainerRequest { Id = containerId }, Options(ct)), ct); }
        catch (RuntimeException e) when (e.Code == RuntimeErrorCode.NotFound)
        {
            throw new RuntimeException(e.Code, $"an error occurred when try to find container \"{containerId}\": not found", e);
        }
        // The same process as the container's own (user, environment, capabilities, directory) but for what it runs.
        var process = JsonNode.Parse(r.Container.Spec.Value.Span)!["process"]!;
        process["args"] = new JsonArray([.. command.Select(word => (JsonNode)JsonValue.Create(word))]);
        process["terminal"] = tty;
        if (tty && process["env"] is JsonArray environment) environment.Add((JsonNode)JsonValue.Create("TERM=xterm"));
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) process.WriteTo(json);
        return new Any { TypeUrl = ProcessType, Value = ByteString.CopyFrom(bytes.GetBuffer(), 0, (int)bytes.Length) };
    }

    private async Task StartAsync(string containerId, string id, Any spec, ExecPipes pipes, bool tty, CancellationToken ct)
    {
        try
        {
            var request = new ExecProcessRequest
            {
                ContainerId = containerId, ExecId = id, Spec = spec, Terminal = tty, Stdin = pipes.StdinPath, Stdout = pipes.StdoutPath, Stderr = pipes.StderrPath,
            };
            await CriChannel.Call(_tasks.ExecAsync(request, Options(ct)), ct);
            await CriChannel.Call(_tasks.StartAsync(new StartRequest { ContainerId = containerId, ExecId = id }, Options(ct)), ct);
        }
        catch (RuntimeException e)
        {
            throw new RuntimeException(e.Code, $"failed to exec in container: failed to start exec \"{id}\": {e.Description}", e);
        }
    }

    private async Task<int> PumpAsync(string containerId, string id, ExecPipes pipes, ExecStreams streams, CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var input = Task.WhenAll(PumpInputAsync(containerId, id, pipes, streams, ended.Token), ResizeAsync(containerId, id, streams, ended.Token));
        try
        {
            var output = Task.WhenAll(CopyAsync(pipes.Stdout, streams.Stdout, ct), CopyAsync(pipes.Stderr, streams.Stderr, ct));
            var r = await CriChannel.Call(_tasks.WaitAsync(new WaitRequest { ContainerId = containerId, ExecId = id }, channel.Options(ct, headers: CriChannel.Namespace)), ct);
            // The shim holds the pipes open until the process is deleted when a child of the command still has them.
            await output;
            return (int)r.ExitStatus;
        }
        finally
        {
            await ended.CancelAsync();
            await IgnoreEndAsync(input);
        }
    }

    private async Task PumpInputAsync(string containerId, string id, ExecPipes pipes, ExecStreams streams, CancellationToken ct)
    {
        if (pipes.Stdin is null) return;
        await streams.Stdin!.CopyToAsync(pipes.Stdin, ct);
        pipes.CloseStdin();
        await CriChannel.Call(_tasks.CloseIOAsync(new CloseIORequest { ContainerId = containerId, ExecId = id, Stdin = true }, Options(ct)), ct);
    }

    private async Task ResizeAsync(string containerId, string id, ExecStreams streams, CancellationToken ct)
    {
        if (streams is not { Tty: true, Resizes: { } sizes }) return;
        await foreach (var size in sizes.ReadAllAsync(ct))
            await CriChannel.Call(_tasks.ResizePtyAsync(new ResizePtyRequest { ContainerId = containerId, ExecId = id, Width = size.Width, Height = size.Height }, Options(ct)), ct);
    }

    /// <summary>What nobody wants is read all the same: the command must not wait for a reader.</summary>
    private static Task CopyAsync(Stream? from, Stream? to, CancellationToken ct) => from is null ? Task.CompletedTask : from.CopyToAsync(to ?? Stream.Null, ct);

    /// <summary>Once the command is gone nobody misses what its input still had to say.</summary>
    private static async Task IgnoreEndAsync(Task input)
    {
        try { await input; }
        catch (Exception e) when (e is OperationCanceledException or RuntimeException or IOException) { }
    }

    private async Task DeleteAsync(string containerId, string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var ct = patience.Token;
        try
        {
            await CriChannel.Call(_tasks.KillAsync(new KillRequest { ContainerId = containerId, ExecId = id, Signal = 9 }, Options(ct)), ct);
            await CriChannel.Call(_tasks.WaitAsync(new WaitRequest { ContainerId = containerId, ExecId = id }, Options(ct)), ct);
        }
        catch (Exception e) when (e is RuntimeException or OperationCanceledException) { } // ended already, or never started
        try { await CriChannel.Call(_tasks.DeleteProcessAsync(new DeleteProcessRequest { ContainerId = containerId, ExecId = id }, Options(ct)), ct); }
        catch (Exception e) when (e is RuntimeException or OperationCanceledException) { } // went with its container
    }

    private Grpc.Core.CallOptions Options(CancellationToken ct) => channel.Options(ct, Patience, CriChannel.Namespace);
}
