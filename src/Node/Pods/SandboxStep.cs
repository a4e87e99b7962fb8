using Coxswain.Node.NodeStatus;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Pods;

/// <summary>Gives a Pod its sandbox, or a new one in place of one that died.</summary>
internal static class SandboxStep
{
    /// <returns>Null, or the pause before it is tried again.</returns>
    public static async Task<bool> RenewAsync(PodContext pod, CancellationToken ct)
    {
        if (pod.View.Sandbox is not null) await ClearAsync(pod, ct);
        var runtime = pod.Node.Runtime;
        try
        {
            PodCgroup.Create(pod);
            if (pod.Node.Options is { Materialize: true, ClusterDns.Count: 0 } && DnsSettings.WantsCluster(pod.Pod)) TellMissingDns(pod);
            var config = SandboxConfigBuilder.Build(pod, pod.View.NextSandboxAttempt, PodCgroup.PathOf(pod));
            if (pod.Node.Options.Materialize) Directory.CreateDirectory(config.LogDirectory);
            var id = await runtime.RunSandboxAsync(config, ct);
            PodCgroup.Complete(pod);
            if (await runtime.GetSandboxAsync(id, ct) is not { } status) return false;
            pod.View = pod.View.With(status);
            return true;
        }
        catch (Exception e) when (e is RuntimeException or IOException or UnauthorizedAccessException)
        {
            pod.Event("Warning", "FailedCreatePodSandBox", $"Failed to create pod sandbox: {e.Message}");
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
