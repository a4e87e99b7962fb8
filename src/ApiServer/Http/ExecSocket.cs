using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Coxswain.Api;
using Coxswain.ApiServer.Nodes;
using Coxswain.Client;
using k8s.Models;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// A command's streams over one WebSocket (<c>v4</c> and <c>v5.channel.k8s.io</c>): each message begins with the number of its channel. v5 adds the
/// message 255 N, with which the client closes channel N; before it, stdin could not be closed.
/// </summary>
internal sealed class ExecSocket : IAsyncDisposable
{
    private static readonly string[] Protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);
    private const int MaxMessage = 1024 * 1024;

    private readonly WebSocket _socket;
    private readonly ExecQuery _query;
    private readonly ChannelWriterStream _error;
    private readonly SemaphoreSlim _sending = new(1, 1);
    /// <summary>Bounded: a command that does not read its input stops the reading of the socket.</summary>
    private readonly Pipe _stdin = new(new PipeOptions(pauseWriterThreshold: 256 * 1024, resumeWriterThreshold: 128 * 1024));
    /// <summary>Only the newest size counts.</summary>
    private readonly Channel<TerminalSize> _resizes = Channel.CreateBounded<TerminalSize>(new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropOldest });

    private ExecSocket(WebSocket socket, ExecQuery query)
    {
        (_socket, _query) = (socket, query);
        _error = new ChannelWriterStream(socket, _sending, ExecChannel.Error);
    }

    public static async Task<ExecSocket> AcceptAsync(HttpContext http, ExecQuery query, CancellationToken ct)
    {
        var socket = new ExecSocket(await WebSocketUpgrade.AcceptAsync(http, Protocols), query);
        // As upstream: an empty message on each output tells the client that the stream is there.
        if (query.Stdout) await socket.Output(ExecChannel.Stdout).WriteAsync(ReadOnlyMemory<byte>.Empty, ct);
        return socket;
    }

    /// <summary>Runs the command; its exit code, or why it did not run, goes to the client as a Status on the error channel.</summary>
    public async Task RunAsync(Func<ExecStreams, CancellationToken, Task<int>> run, CancellationToken ct)
    {
        using var session = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var receiving = ReceiveAsync(session);
        var streams = new ExecStreams
        {
            Stdin = _query.Stdin ? _stdin.Reader.AsStream() : null,
            Stdout = _query.Stdout ? Output(ExecChannel.Stdout) : null,
            Stderr = _query.Stderr ? Output(ExecChannel.Stderr) : null,
            Tty = _query.Tty,
            Resizes = _resizes.Reader,
        };
        var outcome = await OutcomeAsync(run, streams, session.Token);
        if (outcome is not null && _socket.State == WebSocketState.Open)
        {
            await _error.WriteAsync(KubeJson.Serialize(outcome), ct);
            await CloseAsync();
        }
        await session.CancelAsync();
        await receiving;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _sending.Dispose();
        return ValueTask.CompletedTask;
    }

    private ChannelWriterStream Output(ExecChannel channel) => new(_socket, _sending, channel);

    /// <summary>Null when the client has gone: there is nobody to tell.</summary>
    private async Task<V1Status?> OutcomeAsync(Func<ExecStreams, CancellationToken, Task<int>> run, ExecStreams streams, CancellationToken ct)
    {
        try
        {
            return ExitStatus(await run(streams, ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return null;
        }
        catch (WebSocketException)
        {
            return null;
        }
        catch (StatusException e)
        {
            // As upstream: with v5 the API server speaks to the node itself and says of whatever went wrong there that it was internal; with v4 the node's own words pass through.
            return _socket.SubProtocol == Protocols[0] ? ApiErrors.Internal(e.Status.Message).Status : e.Status;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or TimeoutException)
        {
            return ApiErrors.Internal($"error executing command in container: {e.Message}").Status;
        }
    }

    private V1Status ExitStatus(int code)
    {
        if (code == 0) return new V1Status { Metadata = new V1ListMeta(), Status = "Success" };
        return new V1Status
        {
            Metadata = new V1ListMeta(),
            Status = "Failure",
            Message = $"command terminated with non-zero exit code: error executing command [{string.Join(' ', _query.Command)}], exit code {code}",
            Reason = "NonZeroExitCode",
            Details = new V1StatusDetails { Causes = [new V1StatusCause { Reason = "ExitCode", Message = code.ToString(System.Globalization.CultureInfo.InvariantCulture) }] },
        };
    }

    /// <summary>Reads until the client closes or goes; a client that goes takes the command's streams with it.</summary>
    private async Task ReceiveAsync(CancellationTokenSource session)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (await ReadMessageAsync(buffer, session.Token) is { } message) await DispatchAsync(message, session.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
        {
            // Gone, or done: either way there is no more input.
        }
        await _stdin.Writer.CompleteAsync();
        _resizes.Writer.TryComplete();
        await session.CancelAsync();
    }

    private async ValueTask<ReadOnlyMemory<byte>?> ReadMessageAsync(byte[] buffer, CancellationToken ct)
    {
        var result = await _socket.ReceiveAsync(buffer.AsMemory(), ct);
        if (result.MessageType == WebSocketMessageType.Close) return null;
        if (result.EndOfMessage) return buffer.AsMemory(0, result.Count);
        using var whole = new MemoryStream();
        whole.Write(buffer, 0, result.Count);
        while (!result.EndOfMessage)
        {
            result = await _socket.ReceiveAsync(buffer.AsMemory(), ct);
            if (result.MessageType == WebSocketMessageType.Close || whole.Length + result.Count > MaxMessage) return null;
            whole.Write(buffer, 0, result.Count);
        }
        return whole.ToArray();
    }

    private async ValueTask DispatchAsync(ReadOnlyMemory<byte> message, CancellationToken ct)
    {
        if (message.IsEmpty) return;
        switch ((ExecChannel)message.Span[0])
        {
            case ExecChannel.Stdin when _query.Stdin:
                await _stdin.Writer.WriteAsync(message[1..], ct);
                break;
            case ExecChannel.Resize:
                if (ParseSize(message.Span[1..]) is { } size) _resizes.Writer.TryWrite(size);
                break;
            case ExecChannel.Close when message.Length == 2 && message.Span[1] == (byte)ExecChannel.Stdin:
                await _stdin.Writer.CompleteAsync();
                break;
        }
    }

    private static TerminalSize? ParseSize(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!JsonDocument.TryParseValue(ref reader, out var document)) return null;
            using (document) return new TerminalSize(document.RootElement.GetProperty("Width").GetUInt16(), document.RootElement.GetProperty("Height").GetUInt16());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private async Task CloseAsync()
    {
        using var timeout = new CancellationTokenSource(CloseTimeout);
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", timeout.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
        {
            // The client was quicker.
        }
    }
}
