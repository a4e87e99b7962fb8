using System.Buffers;
using System.Net.WebSockets;
using Coxswain.ApiServer.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary>Sends a watch over a WebSocket, for browsers: one text message an event, the line that <see cref="WatchResponse"/> would send.</summary>
internal sealed class WatchSocket(ApiServerOptions options, TimeProvider time)
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    /// <param name="ct">Ends the watch: its time is up, or the server stops.</param>
    public async Task WriteAsync(HttpContext http, Accepted accepted, ResourceEndpoint endpoint, WatchStream watch, IncludeObject include, CancellationToken ct)
    {
        if (!WebSocketUpgrade.HasOrigin(http.Request))
        {
            // Upstream's library for these sockets takes browsers alone, and refuses without a word.
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            http.Response.Headers.Connection = "close";
            return;
        }
        using var socket = await WebSocketUpgrade.AcceptAsync(http, null);
        using var session = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var reading = new CancellationTokenSource();
        var received = IgnoreAsync(socket, session, reading.Token);
        try
        {
            await SendAsync(socket, new WatchFrameWriter(accepted, endpoint, include, time), watch, session.Token);
            await CloseAsync(socket);
        }
        catch (OperationCanceledException) when (session.IsCancellationRequested)
        {
            await CloseAsync(socket); // time is up, or the client has closed its half
        }
        catch (Exception e) when (e is TimeoutException or WebSocketException or IOException)
        {
            http.Abort(); // takes nothing, or has gone
        }
        await reading.CancelAsync();
        await received;
    }

    private async Task SendAsync(WebSocket socket, WatchFrameWriter frames, WatchStream watch, CancellationToken ct)
    {
        var message = new ArrayBufferWriter<byte>(4096);
        while (await watch.ReadAsync(ct) is { Count: > 0 } batch)
        {
            foreach (var frame in batch)
            {
                message.ResetWrittenCount();
                frames.Write(message, frame);
                await socket.SendAsync(message.WrittenMemory, WebSocketMessageType.Text, true, CancellationToken.None).AsTask().WaitAsync(options.StalledReaderTimeout, time, ct);
            }
        }
    }

    /// <summary>A watcher has nothing to say; that it closes is heard here.</summary>
    private static async Task IgnoreAsync(WebSocket socket, CancellationTokenSource session, CancellationToken ct)
    {
        var buffer = new byte[1024];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), ct)).MessageType != WebSocketMessageType.Close) { }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
        {
            // Gone, or no longer listened to.
        }
        await session.CancelAsync();
    }

    private static async Task CloseAsync(WebSocket socket)
    {
        using var timeout = new CancellationTokenSource(CloseTimeout);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", timeout.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
        {
            // The client was quicker.
        }
    }
}
