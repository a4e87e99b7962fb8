using Coxswain.Api;
using Coxswain.Node.Pods;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Probes;

/// <summary>The probes of one running container. Liveness and readiness wait until startup has succeeded.</summary>
internal sealed class ContainerProbes : IAsyncDisposable
{
    private readonly PodContext _pod;
    private readonly V1Container _container;
    private readonly ContainerStatus _status;
    private readonly Action _wake;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new(), _stopLiveness = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private ProbeVerdict _verdict; // under _lock

    public ContainerProbes(PodContext pod, V1Container container, ContainerStatus status, Action wake, ProbeVerdict initial)
    {
        (_pod, _container, _status, _wake, _verdict) = (pod, container, status, wake, initial);
        if (initial.Started) _started.TrySetResult();
        _running = Task.WhenAll(StartupAsync(), LivenessAsync(), ReadinessAsync());
    }

    public ProbeVerdict Verdict
    {
        get { lock (_lock) return _verdict; }
    }

    public Task StopLivenessAsync() => _stopLiveness.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _stopLiveness.CancelAsync();
        await _running;
        _stop.Dispose();
        _stopLiveness.Dispose();
    }

    private async Task StartupAsync()
    {
        if (_container.StartupProbe is not { } probe || Verdict.Started) return;
        await LoopAsync("Startup", probe, healthy: false, (success, grace) =>
        {
            if (!success) return Fail("startup", grace);
            Change(v => v with { Started = true, Ready = _container.ReadinessProbe is null });
            _started.TrySetResult();
            return false;
        }, _stopLiveness.Token);
    }

    private async Task LivenessAsync()
    {
        if (_container.LivenessProbe is not { } probe || !await StartedAsync()) return;
        await LoopAsync("Liveness", probe, healthy: true, (success, grace) => success || Fail("liveness", grace), _stopLiveness.Token);
    }

    private async Task ReadinessAsync()
    {
        if (_container.ReadinessProbe is not { } probe || !await StartedAsync()) return;
        await LoopAsync("Readiness", probe, healthy: Verdict.Ready, (success, _) =>
        {
            Change(v => v with { Ready = success });
            return true;
        }, _stop.Token);
    }

    private async Task<bool> StartedAsync()
    {
        try
        {
            await _started.Task.WaitAsync(_stop.Token);
            return true;
        }
        catch (OperationCanceledException) { return false; }
    }

    /// <summary>Probes in turn until <paramref name="ct"/> or until <paramref name="decided"/> says stop.</summary>
    /// <param name="healthy">What is taken for true before the first result.</param>
    /// <param name="decided">Called when enough results in a row agree on something new.</param>
    private async Task LoopAsync(string kind, V1Probe probe, bool healthy, Func<bool, TimeSpan?, bool> decided, CancellationToken ct)
    {
        var period = TimeSpan.FromSeconds(probe.PeriodSeconds ?? 10);
        var grace = probe.TerminationGracePeriodSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var (row, last) = (0, (bool?)null);
        try
        {
            await InitialDelayAsync(probe, ct);
            while (true)
            {
                if (await OnceAsync(kind, probe, ct) is { } success)
                {
                    row = last == success ? row + 1 : 1;
                    last = success;
                    var needed = success ? probe.SuccessThreshold ?? 1 : probe.FailureThreshold ?? 3;
                    if (row >= needed && (success != healthy || kind == "Startup"))
                    {
                        healthy = success;
                        if (!decided(success, grace)) return;
                    }
                }
                await Task.Delay(period, _pod.Node.Time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // asked to end
    }

    private Task InitialDelayAsync(V1Probe probe, CancellationToken ct)
    {
        var age = _status.StartedAt is { } started ? _pod.Node.Time.Since(started.UtcDateTime) : TimeSpan.Zero;
        var wait = TimeSpan.FromSeconds(probe.InitialDelaySeconds ?? 0) - age;
        return wait > TimeSpan.Zero ? Task.Delay(wait, _pod.Node.Time, ct) : Task.CompletedTask;
    }

    /// <returns>Null: the probe could not be carried out, which says nothing of the container.</returns>
    private async Task<bool?> OnceAsync(string kind, V1Probe probe, CancellationToken ct)
    {
        var outcome = await Prober.RunAsync(_pod, _container, _status.Id, probe, ct);
        switch (outcome.Result)
        {
            case ProbeResult.Success: return true;
            case ProbeResult.Warning:
                _pod.Event("Warning", "ProbeWarning", $"{kind} probe warning: {outcome.Output}", _container.Name);
                return true;
            case ProbeResult.Failure:
                _pod.Event("Warning", "Unhealthy", $"{kind} probe failed: {outcome.Output}", _container.Name);
                return false;
            default:
                _pod.Event("Warning", "Unhealthy", $"{kind} probe errored and resulted in unknown state: {outcome.Output}", _container.Name);
                return null;
        }
    }

    private bool Fail(string kind, TimeSpan? grace)
    {
        Change(v => v with { Failed = kind, Grace = grace });
        return false;
    }

    private void Change(Func<ProbeVerdict, ProbeVerdict> change)
    {
        lock (_lock) _verdict = change(_verdict);
        _wake();
    }
}
