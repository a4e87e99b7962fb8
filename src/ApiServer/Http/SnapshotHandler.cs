using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.Store;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// <c>GET /coxswain.dev/v1/snapshot</c>: every stored object at one revision, as a <see cref="SnapshotWriter"/> writes them. The live tree
/// never changes once made, so writes go on
/// meanwhile. The cluster's keys are not in it: those only leave the machine with somebody who can read its disk.
/// </summary>
internal sealed class SnapshotHandler(ApiServerCore core, ApiServerOptions options)
{
    public const string Path = "/coxswain.dev/v1/snapshot";
    public const string ContentType = "application/vnd.coxswain.snapshot";

    public async ValueTask AnswerAsync(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method)) throw ApiErrors.MethodNotAllowed();
        var range = core.Store.Range("/")!;
        http.Response.ContentType = ContentType;
        using var writer = new SnapshotWriter(http.Response.BodyWriter, StoredSnapshot.HeaderOf(range, core.Time.GetUtcNow(), "coxswain"));
        try
        {
            foreach (var value in StoredSnapshot.InOrder(range))
            {
                writer.Write(value);
                if (writer.WantsFlush) await FlushAsync(http);
            }
            writer.End();
            await FlushAsync(http);
        }
        catch (TimeoutException)
        {
            http.Abort(); // what came so far has no end, and is refused
        }
    }

    private async ValueTask FlushAsync(HttpContext http)
    {
        var flush = http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        var result = flush.IsCompleted
            ? await flush
            : await flush.AsTask().WaitAsync(options.StalledReaderTimeout, core.Time, http.RequestAborted);
        if (result.IsCompleted) throw new CallerGoneException();
    }
}
