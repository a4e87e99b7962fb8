using Microsoft.Extensions.Logging;
using Coxswain.Api;

namespace Coxswain.Client;

/// <summary>Takes keys off one queue and drives each to its desired state. Level-based: a key says where to look, not what changed.</summary>
public sealed partial class Controller(string name, IReconciler reconciler, WorkQueue<NamespacedName> queue, ILogger logger)
{
    public string Name => name;

    /// <summary>Runs until <paramref name="ct"/> is cancelled or the queue is shut down, then returns once no key is in hand.</summary>
    /// <param name="workers">Keys processed at once, 1 or more; the same key is never in two hands.</param>
    public Task RunAsync(int workers, CancellationToken ct) => Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync(ct)));

    private async Task WorkAsync(CancellationToken ct)
    {
        await Task.Yield(); // the first key is not worked on the starter's thread
        while (await queue.TakeAsync(ct) is { } key) // null: shut down
        {
            try
            {
                var result = await reconciler.ReconcileAsync(key, ct);
                if (result.Retry) queue.AddRateLimited(key);
                else queue.Forget(key);
                if (result.RequeueAfter is { } delay) queue.AddAfter(key, delay);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested) { return; }
            catch (StatusException e) when (e.Code == 409)
            {
                LogConflict(name, key, e.Message); // someone else was faster: ordinary, the next look decides anew
                queue.AddRateLimited(key);
            }
            catch (Exception e) // boundary: one bad object must not stop the others
            {
                LogReconcileFailed(e, name, key);
                queue.AddRateLimited(key);
            }
            finally { queue.Done(key); }
        }
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Warning, Message = "{Controller}: reconcile of {Key} failed; will retry")]
    private partial void LogReconcileFailed(Exception e, string controller, NamespacedName key);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Debug, Message = "{Controller}: reconcile of {Key} will be retried: {Reason}")]
    private partial void LogConflict(string controller, NamespacedName key, string reason);
}
