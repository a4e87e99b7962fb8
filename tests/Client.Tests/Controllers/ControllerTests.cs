using System.Collections.Concurrent;
using Coxswain.Api;
using Coxswain.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Coxswain.Client.Tests.Controllers;

public sealed class ControllerTests
{
    private static readonly NamespacedName A = new("ns", "a");

    [Fact]
    public async Task Run_ReconcileThrows_TriesAgainAfterABackoff()
    {
        var failures = 2;
        var reconciler = new Recorder(_ => failures-- > 0 ? throw new InvalidOperationException("bad luck") : ReconcileResult.Done);
        await using var run = new Run(reconciler, workers: 1);
        run.Queue.Add(A);

        await run.UntilAsync(() => reconciler.Calls == 3 && run.Queue.IsIdle);
        Assert.Equal(0, run.Queue.Failures(A));
    }

    [Fact]
    public async Task Run_AskedToRetry_WaitsLongerEachTime()
    {
        var reconciler = new Recorder(_ => new ReconcileResult(null, Retry: true));
        await using var run = new Run(reconciler, workers: 1);
        run.Queue.Add(A);

        await run.UntilAsync(() => run.Queue.Failures(A) >= 3);
    }

    [Fact]
    public async Task Run_AskedToComeBack_ComesBackThen()
    {
        var reconciler = new Recorder(_ => ReconcileResult.After(TimeSpan.FromMinutes(5)));
        await using var run = new Run(reconciler, workers: 1);
        run.Queue.Add(A);
        await run.UntilAsync(() => reconciler.Calls == 1 && run.Queue.IsIdle);

        run.Clock.Advance(TimeSpan.FromMinutes(5));
        await Eventually.TrueAsync(() => reconciler.Calls == 2, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Run_ManyWorkers_NeverHaveOneKeyTwice()
    {
        var reconciler = new Recorder(_ => ReconcileResult.Done);
        await using var run = new Run(reconciler, workers: 8);
        for (var i = 0; i < 1000; i++) run.Queue.Add(new NamespacedName("ns", $"{i % 3}"));

        await Eventually.TrueAsync(() => run.Queue.IsIdle, TestContext.Current.CancellationToken);
        Assert.False(reconciler.Overlapped);
        Assert.InRange(reconciler.Calls, 3, 1000);
    }

    private sealed class Recorder(Func<NamespacedName, ReconcileResult> answer) : IReconciler
    {
        private readonly ConcurrentDictionary<NamespacedName, byte> _inHand = [];
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);
        public bool Overlapped { get; private set; }

        public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
        {
            if (!_inHand.TryAdd(key, 0)) Overlapped = true;
            await Task.Yield();
            _inHand.TryRemove(key, out _);
            Interlocked.Increment(ref _calls);
            return answer(key);
        }
    }

    private sealed class Run : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        private readonly Task _running;

        public Run(IReconciler reconciler, int workers)
        {
            Queue = new WorkQueue<NamespacedName>(Clock);
            _running = new Controller("test", reconciler, Queue, NullLogger.Instance).RunAsync(workers, _stop.Token);
        }

        public FakeTimeProvider Clock { get; } = new();
        public WorkQueue<NamespacedName> Queue { get; }

        public Task UntilAsync(Func<bool> condition) => Eventually.TrueAsync(() =>
        {
            Clock.Advance(TimeSpan.FromMilliseconds(1));
            return condition();
        }, _stop.Token);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            Queue.Dispose();
            _stop.Dispose();
        }
    }
}
