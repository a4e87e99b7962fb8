using Coxswain.Node.Runtime;

namespace Coxswain.Node.Pods;

/// <summary>What of a Pod would not end, as upstream tells of it. One part that resists does not keep the others running.</summary>
internal sealed class KillFailures
{
    private readonly Lock _lock = new();
    private readonly List<string> _texts = []; // under _lock

    public Task ContainerAsync(string name, Func<Task> kill) => TryAsync($"failed to \"KillContainer\" for \"{name}\" with KillContainerError", kill);

    public Task SandboxAsync(string podUid, Func<Task> kill) => TryAsync($"failed to \"KillPodSandbox\" for \"{podUid}\" with KillPodSandboxError", kill);

    /// <summary>Says so in an Event, and ends the step: the worker comes again.</summary>
    public void ThrowIfAny(PodContext pod)
    {
        lock (_lock)
        {
            if (_texts.Count == 0) return;
            var why = _texts.Count == 1 ? _texts[0] : $"[{string.Join(", ", _texts)}]";
            pod.Event("Warning", "FailedKillPod", $"error killing pod: {why}");
            throw new KillException($"error killing pod: {why}");
        }
    }

    private async Task TryAsync(string what, Func<Task> kill)
    {
        try { await kill(); }
        catch (RuntimeException e)
        {
            lock (_lock) _texts.Add($"{what}: \"{e.Message}\"");
        }
    }
}
