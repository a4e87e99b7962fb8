using k8s.Models;

namespace Coxswain.Node.Pods.Status;

/// <summary>
/// A Pod's phase from its containers' states. Pending ▸ Running ▸ Succeeded or Failed, the last two when all containers have ended and none will run again.
/// </summary>
internal static class PodPhase
{
    /// <param name="terminating">The Pod is being ended: what has stopped stays so whatever its restart policy.</param>
    public static string Of(V1Pod pod, IReadOnlyList<V1ContainerStatus> init, IReadOnlyList<V1ContainerStatus> main, bool terminating)
    {
        var initialized = main.Any(c => c.State?.Waiting is null || c.LastState?.Terminated is not null);
        if (!initialized)
        {
            foreach (var container in pod.InitContainers())
            {
                var status = init.First(s => s.Name == container.Name);
                if (container.IsSidecar())
                {
                    if (status.Started != true) return terminating && status.State?.Terminated is not null ? "Failed" : "Pending";
                    continue;
                }
                if ((status.State?.Terminated ?? status.LastState?.Terminated) is { ExitCode: not 0 } && (terminating || pod.RestartPolicy() == "Never")) return "Failed";
                if (status.State?.Terminated is not { ExitCode: 0 }) return "Pending";
            }
        }
        return OfMain(pod, main, init.Any(s => s.State?.Running is not null && pod.IsSidecar(s.Name)), terminating);
    }

    /// <param name="sidecars">Whether one runs: a Pod has not ended before they have.</param>
    private static string OfMain(V1Pod pod, IReadOnlyList<V1ContainerStatus> main, bool sidecars, bool terminating)
    {
        int running = 0, waiting = 0, stopped = 0, succeeded = 0, again = 0;
        foreach (var status in main)
        {
            if (status.State?.Running is not null) running++;
            else if ((status.State?.Terminated ?? status.LastState?.Terminated) is { } ended)
            {
                stopped++;
                if (ended.ExitCode == 0) succeeded++;
                var container = pod.Spec.Containers.First(c => c.Name == status.Name);
                if (status.State?.Waiting is not null || PodPlan.Restarts(pod, container, ended.ExitCode)) again++;
            }
            else waiting++;
        }
        if (waiting > 0) return "Pending";
        if (running > 0 || (sidecars && stopped > 0)) return "Running";
        if (stopped == 0) return "Pending";
        if (again > 0 && !terminating) return "Running";
        return succeeded == stopped ? "Succeeded" : "Failed";
    }
}
