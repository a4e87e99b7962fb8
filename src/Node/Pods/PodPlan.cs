using Coxswain.Node.Probes;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Pods;

/// <param name="Why">The text of the Killing event.</param>
/// <param name="Grace">Null: the Pod's own.</param>
internal sealed record PlannedStop(V1Container Container, ContainerStatus Status, string Why, TimeSpan? Grace = null);

/// <summary>What to do next for a Pod, from what it should be and what the runtime shows. Pure; each worker asks anew after each step.</summary>
/// <param name="RenewSandbox">There is none that works: stop what is left of the old one, make a new one.</param>
/// <param name="Start">In this order.</param>
/// <param name="Finished">No container runs but sidecars, and none will again.</param>
internal sealed record PodPlan(bool RenewSandbox, IReadOnlyList<V1Container> Start, IReadOnlyList<PlannedStop> Stop, bool Finished)
{
    /// <param name="probes">What the probes say of a running container.</param>
    public static PodPlan Make(V1Pod pod, PodView view, Func<V1Container, ContainerStatus, ProbeVerdict> probes)
    {
        var sandbox = view.ReadySandbox is { } ready && (pod.HostNetwork() || ready.Ips.Count > 0) ? ready : null;
        if (sandbox is null)
        {
            var finished = view.Sandbox is not null && Ended(pod, view);
            return new PodPlan(!finished, [], [], finished);
        }
        if (Ended(pod, view)) return new PodPlan(false, [], [], true);
        var steps = new Steps(pod, view, sandbox, probes);
        if (steps.Initialize()) steps.Main();
        return new PodPlan(false, steps.Start, steps.Stop, false);
    }

    /// <summary>Whether a container that ended so is run again.</summary>
    public static bool Restarts(V1Pod pod, V1Container container, int exitCode)
    {
        var policy = container.RestartPolicy is { Length: > 0 } own ? own : pod.RestartPolicy();
        return policy == "Always" || (policy == "OnFailure" && exitCode != 0);
    }

    /// <summary>Sidecars do not keep a Pod going: what still runs of them ends with the others.</summary>
    private static bool Ended(V1Pod pod, PodView view)
    {
        if (view.Containers.Any(c => c.State is ContainerState.Running or ContainerState.Unknown && !pod.IsSidecar(c.Name))) return false;
        foreach (var init in pod.InitContainers().Where(c => !c.IsSidecar()))
        {
            if (view.Latest(init.Name) is { State: ContainerState.Exited, ExitCode: not 0 } && pod.RestartPolicy() == "Never") return true;
        }
        return pod.Spec.Containers.All(c => view.Latest(c.Name) is { State: ContainerState.Exited } s && !Restarts(pod, c, s.ExitCode));
    }

    private sealed class Steps(V1Pod pod, PodView view, SandboxStatus sandbox, Func<V1Container, ContainerStatus, ProbeVerdict> probes)
    {
        public List<V1Container> Start { get; } = [];
        public List<PlannedStop> Stop { get; } = [];

        /// <returns>Whether the main containers' turn has come.</returns>
        public bool Initialize()
        {
            var initialized = pod.Spec.Containers.Any(c => InThisSandbox(c) is not null);
            foreach (var init in pod.InitContainers())
            {
                if (init.IsSidecar())
                {
                    if (!Sidecar(init) && !initialized) return false;
                }
                else if (!initialized && !Completed(init))
                {
                    return false;
                }
            }
            return true;
        }

        public void Main()
        {
            foreach (var container in pod.Spec.Containers) Keep(container);
        }

        /// <returns>Whether it has started, so that the next may.</returns>
        private bool Sidecar(V1Container init)
        {
            Keep(init);
            return InThisSandbox(init) is { State: ContainerState.Running } running && probes(init, running).Started;
        }

        private bool Completed(V1Container init)
        {
            switch (InThisSandbox(init))
            {
                case { State: ContainerState.Running or ContainerState.Unknown }:
                    return false;
                case { State: ContainerState.Exited, ExitCode: 0 }:
                    return true;
                case { State: ContainerState.Exited } when pod.RestartPolicy() == "Never":
                    return false;
                default:
                    Start.Add(init);
                    return false;
            }
        }

        private void Keep(V1Container container)
        {
            var status = view.Latest(container.Name);
            switch (status?.State)
            {
                case ContainerState.Running or ContainerState.Unknown when !status.IsIn(sandbox):
                    Stop.Add(new PlannedStop(container, status, $"Stopping container {container.Name}"));
                    break;
                case ContainerState.Running:
                    if (ReasonToStop(container, status) is { } stop) Stop.Add(stop);
                    break;
                case ContainerState.Unknown:
                    Stop.Add(new PlannedStop(container, status, $"Container is in unknown state, try killing it before restart"));
                    break;
                case ContainerState.Exited when !Restarts(pod, container, status.ExitCode):
                    break;
                default:
                    Start.Add(container);
                    break;
            }
        }

        private PlannedStop? ReasonToStop(V1Container container, ContainerStatus status)
        {
            if (status.Annotations.TryGetValue(PodLabels.Hash, out var hash) && hash != PodSpecs.HashOf(container))
                return new PlannedStop(container, status, $"Container {container.Name} definition changed, will be restarted");
            var verdict = probes(container, status);
            if (verdict.Failed is not { } failed) return null;
            var again = pod.RestartPolicy() == "Never" ? "" : ", will be restarted";
            return new PlannedStop(container, status, $"Container {container.Name} failed {failed} probe{again}", verdict.Grace);
        }

        private ContainerStatus? InThisSandbox(V1Container container) =>
            view.Latest(container.Name) is { } status && status.IsIn(sandbox) ? status : null;
    }
}
