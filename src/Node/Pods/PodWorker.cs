using System.Threading.Channels;
using Coxswain.Client;
using Coxswain.Node.Runtime;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Pods;

/// <summary>
/// Drives one Pod to where it should be: looks, does the next thing, looks again, sleeps when there is nothing to do. All it knows can be had again from the API
/// and the runtime, so it can be ended between any two steps and taken up by a successor.
/// </summary>
/// <remarks>Woken by changes of the Pod, of objects it refers to, by events of the runtime, by probes and by its own timer. Never polls.</remarks>
internal sealed partial class PodWorker : IAsyncDisposable
{
    private readonly PodContext _pod;
    private readonly ILogger _logger;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _timer;
    private readonly Backoff _retry = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
    private readonly Lock _lock = new();
    private readonly UnseenEvents _unseen = new(); // the loop's own
    private readonly List<(string Id, RuntimeEventType Told)> _touched = []; // under _lock, as are the fields up to _interrupt: what the runtime said
    private V1Pod? _newest;
    private bool _reread, _gone;
    private CancellationTokenSource? _interrupt;

    public PodWorker(NodeServices node, V1Pod pod, PodView view)
    {
        _pod = new PodContext(node, pod, Wake) { View = view };
        _logger = node.Loggers.CreateLogger("Coxswain.Node.Pods.Worker");
        _timer = node.Time.CreateTimer(static worker => ((PodWorker)worker!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _newest = pod;
    }

    public PodContext Context => _pod;

    /// <summary>See <see cref="Gone"/>.</summary>
    public bool IsGone
    {
        get { lock (_lock) return _gone; }
    }

    /// <summary>A newer state of the Pod's object.</summary>
    public void Update(V1Pod pod)
    {
        if (!pod.IsStatic()) _pod.StatusWriter.Observe(pod);
        lock (_lock)
        {
            var sooner = pod.Metadata.DeletionTimestamp is not null && GraceOf(pod) < GraceOf(_newest ?? _pod.Pod);
            _newest = pod;
            if (sooner) _interrupt?.Cancel();
        }
        Wake();
    }

    /// <summary>The Pod's object, or its manifest, is gone: end it.</summary>
    public void Gone()
    {
        lock (_lock)
        {
            if (_gone) return;
            _gone = true;
            _pod.Released = true;
            if (!_pod.Terminating) _interrupt?.Cancel();
        }
        Wake();
    }

    /// <summary>Something happened to a sandbox or container of this Pod.</summary>
    public void Touch(string id, RuntimeEventType told)
    {
        lock (_lock) _touched.Add((id, told));
        Wake();
    }

    /// <summary>Events may have been missed, or the runtime shows other than what is known here.</summary>
    public void Reread()
    {
        lock (_lock) _reread = true;
        Wake();
    }

    /// <summary>Something may be due that no event tells of.</summary>
    public void Look() => Wake();

    /// <summary>Works until the Pod has ended for good, or <paramref name="ct"/>; the Pod's containers run on then.</summary>
    /// <returns>Whether the Pod has ended for good.</returns>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        Wake();
        while (await _wake.Reader.WaitToReadAsync(ct))
        {
            _wake.Reader.TryRead(out _);
            StepResult result;
            do
            {
                result = await StepAsync(ct);
            }
            while (result.Again);
            if (result.Ended) return true;
            var after = _unseen.Next() is { } look && !(result.After < look) ? look : result.After;
            _timer.Change(after ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _pod.Probes.DisposeAsync();
        await _pod.Volumes.DisposeAsync();
        await _pod.Objects.DisposeAsync();
        await _pod.StatusWriter.DisposeAsync();
    }

    private async Task<StepResult> StepAsync(CancellationToken ct)
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(ct);
        lock (_lock) _interrupt = interrupt;
        try
        {
            await LookAsync(interrupt.Token);
            var result = await PodStep.TakeAsync(_pod, interrupt.Token);
            _retry.Reset();
            return result;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            Reread(); // a call was cut short: what it did is for the runtime to say
            return StepResult.Repeat;
        }
        catch (Exception e) when (e is not OperationCanceledException) // boundary: what is wrong with one Pod must stay in it
        {
            LogFailed(e, _pod.Pod.FullName());
            lock (_lock) _reread = true;
            return StepResult.Wait(_retry.Next());
        }
        finally
        {
            lock (_lock) _interrupt = null;
        }
    }

    /// <summary>Brings what is known of the Pod up to date.</summary>
    private async Task LookAsync(CancellationToken ct)
    {
        (string Id, RuntimeEventType Told)[] touched;
        bool reread;
        lock (_lock)
        {
            if (_newest is { } newest) _pod.Pod = newest;
            _newest = null;
            _pod.Terminating |= _gone || _pod.Pod.Metadata.DeletionTimestamp is not null;
            _pod.ObjectGone |= _gone;
            (touched, reread) = ([.. _touched], _reread);
            _touched.Clear();
            _reread = false;
        }
        try
        {
            foreach (var (id, told) in touched) _unseen.Add(id, told);
            if (reread) _pod.View = await PodView.ReadAsync(_pod.Node.Runtime, _pod.Uid, ct);
            else foreach (var id in _unseen.Ids.ToList()) await LookAtAsync(id, ct);
            _unseen.Settle(_pod.View);
        }
        catch (Exception e)
        {
            lock (_lock) _reread = true;
            // A runtime that is not there at all is the Node's matter, and the Node says so.
            if (e is RuntimeException { Code: not RuntimeErrorCode.Unavailable }) _pod.Event("Warning", "FailedSync", $"error determining status: {e.Message}");
            throw;
        }
    }

    private async Task LookAtAsync(string id, CancellationToken ct)
    {
        if (_pod.View.Sandboxes.Any(s => s.Id == id))
        {
            var sandbox = await _pod.Node.Runtime.GetSandboxAsync(id, ct);
            _pod.View = sandbox is null ? _pod.View.Without(id) : _pod.View.With(sandbox);
        }
        else if (_pod.View.Containers.Any(c => c.Id == id))
        {
            await ContainerStarter.RefreshAsync(_pod, id, ct);
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private static long GraceOf(V1Pod pod) => pod.Metadata.DeletionTimestamp is null ? long.MaxValue : pod.Metadata.DeletionGracePeriodSeconds ?? 30;

    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning, Message = "Pod {Pod}: a step failed; will retry")]
    private partial void LogFailed(Exception e, string pod);
}
