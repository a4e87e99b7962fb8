using System.IO.Pipelines;
using Coxswain.ApiServer.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// Sends a watch: one line of JSON an event, flushed when no more are at hand. A reader that takes nothing for a while loses its stream; the events that
/// it did not take wait in the store's history, not here.
/// </summary>
internal sealed class WatchResponse(ApiServerOptions options, TimeProvider time)
{
    private const int FlushEvery = 64 * 1024;

    /// <param name="ct">Ends the watch: the client has gone, its time is up, or the server stops.</param>
    public async Task WriteAsync(HttpContext http, Accepted accepted, ResourceEndpoint endpoint, WatchStream watch, IncludeObject include, CancellationToken ct)
    {
        http.Response.ContentType = accepted.ContentType;
        http.Response.Headers["X-Accel-Buffering"] = "no";
        var output = http.Response.BodyWriter;
        var frames = new WatchFrameWriter(accepted, endpoint, include, time);
        try
        {
            await FlushAsync(output, ct); // the headers: the client waits for them before it trusts the watch
            while (true)
            {
                var batch = await watch.ReadAsync(ct);
                if (batch.Count == 0) return;
                foreach (var frame in batch)
                {
                    frames.Write(output, frame);
                    if (output.UnflushedBytes >= FlushEvery) await FlushAsync(output, ct);
                }
                await FlushAsync(output, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // A watch that ran its time ends with a complete response.
        }
        catch (TimeoutException)
        {
            http.Abort();
        }
    }

    private async ValueTask FlushAsync(PipeWriter output, CancellationToken ct)
    {
        var flush = output.FlushAsync(ct);
        if (flush.IsCompletedSuccessfully)
        {
            if (flush.Result.IsCompleted) throw new CallerGoneException();
            return;
        }
        await flush.AsTask().WaitAsync(options.StalledReaderTimeout, time, ct);
    }
}
