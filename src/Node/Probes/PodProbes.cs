using System.Collections.Concurrent;
using Coxswain.Node.Pods;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Probes;

/// <summary>The probes of one Pod's running containers: up to three loops for each container, each asleep on a timer between its turns.</summary>
/// <param name="wake">Called when a result changes what the worker would do or show.</param>
internal sealed class PodProbes(PodContext pod, Action wake) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ContainerProbes> _running = new(); // by container id

    /// <summary>What the probes say of a running container so far.</summary>
    public ProbeVerdict Verdict(V1Container container, ContainerStatus status) =>
        _running.TryGetValue(status.Id, out var probes) ? probes.Verdict : Initial(container);

    /// <summary>Starts the probes of containers that run, stops those of containers that do not.</summary>
    public async Task ReconcileAsync()
    {
        var live = new HashSet<string>();
        foreach (var container in pod.Pod.AllContainers())
        {
            if (container is { LivenessProbe: null, ReadinessProbe: null, StartupProbe: null }) continue;
            if (pod.View.Latest(container.Name) is not { State: ContainerState.Running } running) continue;
            live.Add(running.Id);
            if (!_running.ContainsKey(running.Id)) _running[running.Id] = new ContainerProbes(pod, container, running, wake, Adopted(container, running));
        }
        foreach (var id in _running.Keys.Where(id => !live.Contains(id)).ToList())
        {
            if (_running.TryRemove(id, out var gone)) await gone.DisposeAsync();
        }
    }

    /// <summary>The Pod is being ended: only readiness still matters.</summary>
    public async Task StopLivenessAsync()
    {
        foreach (var probes in _running.Values) await probes.StopLivenessAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var probes in _running.Values) await probes.DisposeAsync();
        _running.Clear();
    }

    /// <summary>What the API shows of a container that ran before this agent did: it stays ready until a probe says otherwise.</summary>
    private ProbeVerdict Adopted(V1Container container, ContainerStatus running)
    {
        var shown = (pod.Pod.Status?.ContainerStatuses ?? []).Concat(pod.Pod.Status?.InitContainerStatuses ?? []).FirstOrDefault(s => s.Name == container.Name);
        if (shown?.ContainerID?.EndsWith(running.Id, StringComparison.Ordinal) != true) return Initial(container);
        return new ProbeVerdict(shown.Started ?? false, shown.Ready);
    }

    private static ProbeVerdict Initial(V1Container container) => new(container.StartupProbe is null, container.StartupProbe is null && container.ReadinessProbe is null);
}
