using Coxswain.Api;
using Coxswain.Client;
using Microsoft.Extensions.Logging;

namespace Coxswain.Controllers;

/// <summary>What every controller is given: a client under its own name, the shared caches, the clock, a place for logs and Events.</summary>
/// <param name="component">The source that its Events name.</param>
internal sealed class ControllerContext(string component, IApiClient client, SharedCaches caches, TimeProvider time, ILogger logger)
{
    public IApiClient Client => client;
    public SharedCaches Caches => caches;
    public TimeProvider Time => time;
    public ILogger Logger => logger;
    public EventRecorder Events { get; } = new(client, component, null, time, logger);

    /// <summary>For waits and ages; <see cref="Now"/> is for what is written.</summary>
    public TimeSpan Steady => time.Steady();

    public DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Now, in whole seconds as the wire has it: what is compared with a read-back must be equal to it.</summary>
    public DateTime NowSeconds => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds()).UtcDateTime;

    public WorkQueue<NamespacedName> NewQueue() => new(time);

    /// <summary>Runs one reconciler on one queue, with its Events, once the caches are full.</summary>
    public Task RunAsync(string name, IReconciler reconciler, WorkQueue<NamespacedName> queue, int workers, CancellationToken ct) =>
        RunAsync([new Controller(name, reconciler, queue, logger)], workers, ct);

    /// <summary>Runs several loops of one controller.</summary>
    public async Task RunAsync(IReadOnlyList<Controller> loops, int workers, CancellationToken ct)
    {
        try
        {
            await caches.HasSynced.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        await Task.WhenAll(loops.Select(loop => loop.RunAsync(workers, ct)).Append(Events.RunAsync(ct)));
    }
}
