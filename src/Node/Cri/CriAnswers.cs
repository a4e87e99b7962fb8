using Coxswain.Node.Cri.V1;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Cri;

/// <summary>CRI's messages as our records.</summary>
internal static class CriAnswers
{
    public static Runtime.RuntimeStatus Status(StatusResponse r)
    {
        return new Runtime.RuntimeStatus(Condition("RuntimeReady"), Condition("NetworkReady"))
        {
            Handlers = [.. r.RuntimeHandlers.Select(h => new Runtime.RuntimeHandler(h.Name, h.Features?.RecursiveReadOnlyMounts == true, h.Features?.UserNamespaces == true))],
            SupplementalGroupsPolicy = r.Features?.SupplementalGroupsPolicy,
        };

        Runtime.RuntimeCondition Condition(string type) => r.Status.Conditions.FirstOrDefault(c => c.Type == type) is { } c
            ? new Runtime.RuntimeCondition(c.Status, c.Reason, c.Message)
            : new Runtime.RuntimeCondition(false, "Unknown", $"the runtime does not report {type}");
    }

    public static SandboxSummary Sandbox(PodSandbox s) => new()
    {
        Id = s.Id, Metadata = Metadata(s.Metadata), State = State(s.State), CreatedAt = Time(s.CreatedAt),
        Labels = s.Labels.AsReadOnly(), Annotations = s.Annotations.AsReadOnly(), RuntimeHandler = s.RuntimeHandler,
    };

    public static Runtime.SandboxStatus Sandbox(PodSandboxStatus s)
    {
        var summary = new SandboxSummary
        {
            Id = s.Id, Metadata = Metadata(s.Metadata), State = State(s.State), CreatedAt = Time(s.CreatedAt),
            Labels = s.Labels.AsReadOnly(), Annotations = s.Annotations.AsReadOnly(), RuntimeHandler = s.RuntimeHandler,
        };
        IReadOnlyList<string> ips = s.Network is { Ip.Length: > 0 } network ? [network.Ip, .. network.AdditionalIps.Select(a => a.Ip)] : [];
        var n = s.Linux?.Namespaces?.Options ?? new NamespaceOption();
        return new Runtime.SandboxStatus(summary, ips,
            new Namespaces((Runtime.NamespaceMode)n.Network, (Runtime.NamespaceMode)n.Pid, (Runtime.NamespaceMode)n.Ipc, n.TargetId));
    }

    public static ContainerSummary Container(Container c) => new()
    {
        Id = c.Id, SandboxId = c.PodSandboxId, Name = c.Metadata.Name, Attempt = c.Metadata.Attempt, State = (Runtime.ContainerState)c.State,
        CreatedAt = Time(c.CreatedAt), Image = c.Image?.Image ?? "", ImageRef = c.ImageRef, Labels = c.Labels.AsReadOnly(), Annotations = c.Annotations.AsReadOnly(),
    };

    public static Runtime.ContainerStatus Container(V1.ContainerStatus c) => new()
    {
        Id = c.Id, Name = c.Metadata.Name, Attempt = c.Metadata.Attempt, State = (Runtime.ContainerState)c.State, CreatedAt = Time(c.CreatedAt),
        StartedAt = TimeOrNull(c.StartedAt), FinishedAt = TimeOrNull(c.FinishedAt), ExitCode = c.ExitCode, Image = c.Image?.Image ?? "", ImageRef = c.ImageRef,
        Reason = c.Reason, Message = c.Message, Labels = c.Labels.AsReadOnly(), Annotations = c.Annotations.AsReadOnly(),
        Mounts = [.. c.Mounts.Select(Mount)], LogPath = c.LogPath,
    };

    public static Runtime.ContainerStats Stats(V1.ContainerStats s) => new(
        s.Attributes.Id, s.Attributes.Metadata.Name, s.Attributes.Labels.AsReadOnly(), Time(s.Cpu?.Timestamp ?? 0),
        (long?)s.Cpu?.UsageCoreNanoSeconds?.Value, (long?)s.Memory?.WorkingSetBytes?.Value, (long?)s.WritableLayer?.UsedBytes?.Value);

    public static ImageInfo Image(Image i, IReadOnlySet<string> pinned) => new()
    {
        Id = i.Id, RepoTags = [.. i.RepoTags], RepoDigests = [.. i.RepoDigests], Size = (long)i.Size, Uid = i.Uid?.Value, Username = i.Username,
        Pinned = i.Pinned || i.RepoTags.Any(pinned.Contains) || i.RepoDigests.Any(pinned.Contains),
    };

    private static ContainerMount Mount(Mount m) =>
        new(m.ContainerPath, m.HostPath, m.Readonly, (Runtime.MountPropagation)m.Propagation, m.RecursiveReadOnly, m.SelinuxRelabel);

    private static SandboxMetadata Metadata(PodSandboxMetadata m) => new(m.Name, m.Namespace, m.Uid, m.Attempt);

    private static SandboxState State(PodSandboxState s) => s == PodSandboxState.SandboxReady ? SandboxState.Ready : SandboxState.NotReady;

    private static DateTimeOffset Time(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);

    private static DateTimeOffset? TimeOrNull(long nanoseconds) => nanoseconds == 0 ? null : Time(nanoseconds);
}
