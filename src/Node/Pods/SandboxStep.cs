using Coxswain.Node.NodeStatus;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Pods;

/// <summary>Gives a Pod its sandbox, or a new one in place of one that died.</summary>
internal static class SandboxStep
{
    /// <returns>Whether there is one now; else it is to be tried again in a moment.</returns>
    public static async Task<bool> RenewAsync(PodContext pod, CancellationToken ct)
    {
        if (await NetworkFaultAsync(pod, ct) is { } fault)
        {
            pod.Event("Warning", "NetworkNotReady", $"network is not ready: {fault}");
            return false;
        }
        if (pod.View.Sandbox is not null) await ClearAsync(pod, ct);
        MakeCgroup(pod);
        return await MakeAsync(pod, ct);
    }

    private static async Task<bool> MakeAsync(PodContext pod, CancellationToken ct)
    {
        var runtime = pod.Node.Runtime;
        string id;
        try
        {
            if (pod.Node.Options is { Materialize: true, ClusterDns.Count: 0 } && DnsSettings.WantsCluster(pod.Pod)) TellMissingDns(pod);
            var config = SandboxConfigBuilder.Build(pod, pod.View.NextSandboxAttempt, PodCgroup.PathOf(pod));
            if (pod.Node.Options.Materialize) Directory.CreateDirectory(config.LogDirectory);
            id = await runtime.RunSandboxAsync(config, ct);
            PodCgroup.Complete(pod);
        }
        catch (Exception e) when (e is RuntimeException or IOException or UnauthorizedAccessException)
        {
            pod.Event("Warning", "FailedCreatePodSandBox", $"Failed to create pod sandbox: {e.Message}");
            throw;
        }
        try
        {
            if (await runtime.GetSandboxAsync(id, ct) is not { } status) return false;
            pod.View = pod.View.With(status);
            return true;
        }
        catch (RuntimeException e)
        {
            pod.Event("Warning", "FailedStatusPodSandBox", $"Unable to get pod sandbox status: {e.Message}");
            throw;
        }
    }

    /// <summary>Asked anew only when the last word was a bad one: a runtime does not tell when its network has come.</summary>
    private static async Task<string?> NetworkFaultAsync(PodContext pod, CancellationToken ct)
    {
        if (pod.Pod.HostNetwork() || pod.Node.RuntimeStatus() is not { NetworkReady.Ready: false }) return null;
        return NodeStatusBuilder.NetworkFault(await pod.Node.Runtime.GetStatusAsync(ct));
    }

    private static void MakeCgroup(PodContext pod)
    {
        try { PodCgroup.Create(pod); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            pod.Event("Warning", "FailedCreatePodContainer", $"unable to ensure pod container exists: {e.Message}");
            throw;
        }
    }

    private static void TellMissingDns(PodContext pod)
    {
        const string Message = "kubelet does not have ClusterDNS IP configured and cannot create Pod using \"ClusterFirst\" policy. Falling back to \"Default\" policy.";
        pod.Node.Events.Record(NodeReporter.About(pod.Node.Options.NodeName), "Warning", "MissingClusterDNS", Message);
        pod.Event("Warning", "MissingClusterDNS", $"pod: \"{pod.Pod.FullName()}\". {Message}");
    }

    /// <summary>Stops what is left in sandboxes that no longer work, and removes all but the newest: its attempt counts on.</summary>
    private static async Task ClearAsync(PodContext pod, CancellationToken ct)
    {
        pod.Event("Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
        var running = pod.View.Containers.Where(c => c.State is ContainerState.Running or ContainerState.Unknown).ToList();
        await Task.WhenAll(running.Select(c => StopAsync(pod, c, ct)));
        foreach (var sandbox in pod.View.Sandboxes)
        {
            await pod.Node.Runtime.StopSandboxAsync(sandbox.Id, ct);
        }
        foreach (var container in running) await ContainerStarter.RefreshAsync(pod, container.Id, ct);
    }

    private static Task StopAsync(PodContext pod, ContainerStatus status, CancellationToken ct)
    {
        var container = pod.Pod.AllContainers().FirstOrDefault(c => c.Name == status.Name);
        return ContainerStopper.StopAsync(pod, container, status, $"Stopping container {status.Name}", ContainerStopper.GraceOf(pod), ct);
    }
}
