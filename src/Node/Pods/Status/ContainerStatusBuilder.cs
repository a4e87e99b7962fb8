using Coxswain.Node.Runtime;
using Coxswain.Node.Volumes;
using k8s.Models;

namespace Coxswain.Node.Pods.Status;

/// <summary>One entry of <c>containerStatuses</c>.</summary>
internal static class ContainerStatusBuilder
{
    /// <param name="old">The entries before: what the runtime has forgotten is taken from there.</param>
    public static V1ContainerStatus Build(PodContext context, V1Container container, IList<V1ContainerStatus>? old)
    {
        var (pod, latest) = (context.Pod, context.View.Latest(container.Name));
        var before = old?.FirstOrDefault(s => s.Name == container.Name);
        var status = new V1ContainerStatus
        {
            Name = container.Name,
            Image = latest?.Image is { Length: > 0 } image ? image : container.Image,
            ImageID = latest?.ImageRef ?? before?.ImageID ?? "",
            ContainerID = latest is null ? before?.ContainerID : Id(context, latest),
            RestartCount = latest?.RestartCountOf() ?? before?.RestartCount ?? 0,
            Started = false,
            LastState = new V1ContainerState(),
            VolumeMounts = Mounts(container, context.Node.ReadOnlyAllTheWay),
        };
        if (latest is null) Missing(context, container, status, before);
        else Present(context, container, status, latest, before);
        if (latest is { State: not ContainerState.Created })
        {
            status.Resources = container.Resources ?? new V1ResourceRequirements();
            status.AllocatedResources = container.Resources?.Requests is { Count: > 0 } requests ? requests : null;
            status.User = User(pod, container, latest);
        }
        return status;
    }

    private static void Missing(PodContext context, V1Container container, V1ContainerStatus status, V1ContainerStatus? before)
    {
        status.LastState = before?.LastState ?? new V1ContainerState();
        if (before?.State?.Terminated is { } ended)
        {
            // It ran and was removed since: what it was stays known.
            status.State = new V1ContainerState { Terminated = ended };
            status.Ready = ended.ExitCode == 0 && context.Pod.IsInit(container.Name) && !container.IsSidecar();
            status.Resources = before.Resources;
            status.User = before.User;
        }
        else if (context.Terminating || context.Failure is not null || before?.State?.Running is not null)
        {
            status.State = new V1ContainerState { Terminated = Lost(before) };
        }
        else
        {
            status.State = Waiting(context, container.Name);
        }
    }

    private static V1ContainerStateTerminated Lost(V1ContainerStatus? before) => new()
    {
        ExitCode = 137,
        Reason = "ContainerStatusUnknown",
        Message = before?.State?.Running is null ? "The container could not be located when the pod was terminated" : "The container could not be located when the pod was deleted.  The container used to be Running",
    };

    private static void Present(PodContext context, V1Container container, V1ContainerStatus status, ContainerStatus latest, V1ContainerStatus? before)
    {
        var previous = context.View.Previous(container.Name);
        status.LastState = previous is { State: ContainerState.Exited }
            ? new V1ContainerState { Terminated = Terminated(context, container, previous) }
            : before?.RestartCount == status.RestartCount ? before.LastState ?? new V1ContainerState() : new V1ContainerState();
        switch (latest.State)
        {
            case ContainerState.Running:
                var verdict = context.Probes.Verdict(container, latest);
                (status.Started, status.Ready) = (verdict.Started, verdict.Ready);
                status.State = new V1ContainerState { Running = new V1ContainerStateRunning { StartedAt = Time(latest.StartedAt) } };
                break;
            case ContainerState.Exited:
                Exited(context, container, status, Terminated(context, container, latest));
                break;
            default:
                status.State = Waiting(context, container.Name);
                break;
        }
    }

    /// <summary>Ended; shown as waiting once an attempt to start it again has failed or is put off.</summary>
    private static void Exited(PodContext context, V1Container container, V1ContainerStatus status, V1ContainerStateTerminated ended)
    {
        if (!context.Terminating && context.Failure is null && context.Waiting.ContainsKey(container.Name))
        {
            status.State = Waiting(context, container.Name);
            status.LastState = new V1ContainerState { Terminated = ended };
            return;
        }
        status.State = new V1ContainerState { Terminated = ended };
        status.Ready = ended.ExitCode == 0 && context.Pod.IsInit(container.Name) && !container.IsSidecar();
    }

    private static V1ContainerState Waiting(PodContext context, string container)
    {
        var why = context.Waiting.GetValueOrDefault(container);
        var reason = why?.Reason ?? (context.Pod.Spec.InitContainers is { Count: > 0 } ? "PodInitializing" : "ContainerCreating");
        return new V1ContainerState { Waiting = new V1ContainerStateWaiting { Reason = reason, Message = why?.Message is { Length: > 0 } message ? message : null } };
    }

    private static V1ContainerStateTerminated Terminated(PodContext context, V1Container container, ContainerStatus ended) => new()
    {
        ContainerID = Id(context, ended),
        ExitCode = ended.ExitCode,
        Reason = ended.Reason.Length > 0 ? ended.Reason : ended.ExitCode == 0 ? "Completed" : "Error",
        Message = context.LastWords.GetOrAdd(ended.Id, _ => TerminationMessage.Of(context, container, ended)),
        StartedAt = Time(ended.StartedAt) ?? DateTime.UnixEpoch,
        FinishedAt = Time(ended.FinishedAt) ?? DateTime.UnixEpoch,
    };

    private static List<V1VolumeMountStatus>? Mounts(V1Container container, bool readOnlyAllTheWay) => container.VolumeMounts is not { Count: > 0 } mounts ? null :
    [
        .. mounts.Select(m => new V1VolumeMountStatus
        {
            Name = m.Name,
            MountPath = m.MountPath,
            ReadOnlyProperty = m.ReadOnlyProperty == true ? true : null,
            RecursiveReadOnly = RecursiveReadOnly.Shown(m, readOnlyAllTheWay),
        }),
    ];

    /// <summary>Whom it was started as; nothing when only the image's files know.</summary>
    private static V1ContainerUser? User(V1Pod pod, V1Container container, ContainerStatus latest)
    {
        var (own, shared) = (container.SecurityContext, pod.Spec.SecurityContext);
        if (!latest.Annotations.TryGetValue(PodLabels.User, out var user) || !long.TryParse(user, out var uid)) return null;
        var gid = own?.RunAsGroup ?? shared?.RunAsGroup ?? 0;
        var groups = new List<long?> { gid };
        if (shared?.FsGroup is { } fsGroup) groups.Add(fsGroup);
        groups.AddRange(shared?.SupplementalGroups ?? []);
        return new V1ContainerUser { Linux = new V1LinuxContainerUser { Uid = uid, Gid = gid, SupplementalGroups = [.. groups.Distinct()] } };
    }

    private static string Id(PodContext context, ContainerStatus container) => $"{context.Node.RuntimeName}://{container.Id}";

    private static DateTime? Time(DateTimeOffset? time) => time is { } set ? PodStatusBuilder.Truncate(set) : null;
}
