using Coxswain.Api;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.NodeStatus;

/// <summary>A Node's status as it is now. Times of conditions that did not change are kept.</summary>
internal static class NodeStatusBuilder
{
    private const int MaxImages = 50, MaxNames = 5;

    public static V1NodeStatus Build(NodeAgentOptions options, NodeCapacity capacity, MachineInfo machine, RuntimeView runtime, V1NodeStatus? old, DateTime now) => new()
    {
        Addresses = [.. options.NodeAddresses.Select(ip => new V1NodeAddress { Type = "InternalIP", Address = ip }), new V1NodeAddress { Type = "Hostname", Address = options.NodeName }],
        Capacity = Quantities(capacity.Capacity),
        Allocatable = Quantities(capacity.Allocatable),
        Conditions = Conditions(runtime, old, now),
        DaemonEndpoints = new V1NodeDaemonEndpoints { KubeletEndpoint = new V1DaemonEndpoint { Port = options.KubeletPort } },
        Features = Features(runtime.Status, old),
        Images = Images(runtime.Images),
        NodeInfo = new V1NodeSystemInfo
        {
            Architecture = machine.Architecture,
            BootID = machine.BootId,
            ContainerRuntimeVersion = $"{runtime.Version.Name}://{runtime.Version.Version}",
            KernelVersion = machine.KernelVersion,
            KubeProxyVersion = "",
            KubeletVersion = options.KubeletVersion,
            MachineID = machine.MachineId,
            OperatingSystem = "linux",
            OsImage = machine.OsImage,
            SystemUUID = machine.SystemUuid,
        },
        RuntimeHandlers = Handlers(runtime.Status, old),
    };

    /// <summary>Whether the two say the same, whenever they said it.</summary>
    public static bool Same(V1NodeStatus a, V1NodeStatus b) => Timeless(a).SequenceEqual(Timeless(b));

    private static byte[] Timeless(V1NodeStatus status) =>
        KubeJson.Serialize(status with { Conditions = [.. (status.Conditions ?? []).Select(c => c with { LastHeartbeatTime = null })] });

    private static V1NodeFeatures? Features(RuntimeStatus? status, V1NodeStatus? old) =>
        status is null ? old?.Features : status.SupplementalGroupsPolicy is { } groups ? new V1NodeFeatures { SupplementalGroupsPolicy = groups } : null;

    /// <summary>What it said while it still answered stays true meanwhile.</summary>
    private static IList<V1NodeRuntimeHandler>? Handlers(RuntimeStatus? status, V1NodeStatus? old) =>
        status is null ? old?.RuntimeHandlers
        : status.Handlers.Count == 0 ? null
        : [.. status.Handlers.OrderBy(h => h.Name, StringComparer.Ordinal).Select(h => new V1NodeRuntimeHandler
        {
            Name = h.Name,
            Features = new V1NodeRuntimeHandlerFeatures { RecursiveReadOnlyMounts = h.RecursiveReadOnlyMounts, UserNamespaces = h.UserNamespaces },
        })];

    private static Dictionary<string, ResourceQuantity> Quantities(IReadOnlyDictionary<string, string> amounts) => amounts.ToDictionary(p => p.Key, p => new ResourceQuantity(p.Value));

    private static List<V1ContainerImage> Images(IReadOnlyList<ImageInfo> images) =>
    [
        .. images.OrderByDescending(i => i.Size).ThenBy(i => i.Id, StringComparer.Ordinal).Take(MaxImages).Select(i => new V1ContainerImage
        {
            Names = [.. i.RepoDigests.Concat(i.RepoTags).Take(MaxNames)],
            SizeBytes = i.Size,
        }),
    ];

    private static List<V1NodeCondition> Conditions(RuntimeView runtime, V1NodeStatus? old, DateTime now)
    {
        V1NodeCondition[] own =
        [
            New("MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
            New("DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
            New("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            Ready(runtime),
        ];
        foreach (var condition in own)
        {
            var before = old?.Conditions?.FirstOrDefault(c => c.Type == condition.Type);
            condition.LastHeartbeatTime = now;
            condition.LastTransitionTime = before?.Status == condition.Status ? before.LastTransitionTime ?? now : now;
        }
        return [.. (old?.Conditions ?? []).Where(c => own.All(o => o.Type != c.Type)).Select(c => c with { }), .. own];
    }

    private static V1NodeCondition Ready(RuntimeView runtime)
    {
        if (runtime.Status is not { } status)
            return New("Ready", false, "KubeletNotReady", runtime.HasAnswered ? "container runtime is down" : "container runtime status check may not have completed yet");
        var problems = new List<string>();
        if (!status.RuntimeReady.Ready) problems.Add($"container runtime not ready: RuntimeReady=false reason:{status.RuntimeReady.Reason} message:{status.RuntimeReady.Message}");
        if (NetworkFault(status) is { } fault) problems.Add(fault);
        return problems.Count == 0
            ? New("Ready", true, "KubeletReady", "kubelet is posting ready status")
            : New("Ready", false, "KubeletNotReady", problems.Count == 1 ? problems[0] : $"[{string.Join(", ", problems)}]");
    }

    /// <returns>Null when Pods can have a network of their own.</returns>
    public static string? NetworkFault(RuntimeStatus status) => status.NetworkReady is { Ready: false } network
        ? $"container runtime network not ready: NetworkReady=false reason:{network.Reason} message:{network.Message}"
        : null;

    private static V1NodeCondition New(string type, bool status, string reason, string message) => new() { Type = type, Status = status ? "True" : "False", Reason = reason, Message = message };
}
