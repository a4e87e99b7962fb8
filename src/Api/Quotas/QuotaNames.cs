namespace Coxswain.Api;

/// <summary>Which of a quota's resource names each kind is charged under: <c>count/deployments.apps</c> for every kind, and older names for some.</summary>
public static class QuotaNames
{
    private static readonly HashSet<string> OfPods = new(StringComparer.Ordinal)
    {
        "count/pods", "pods", "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage",
    };
    private static readonly HashSet<string> OfServices = new(StringComparer.Ordinal) { "count/services", "services", "services.nodeports", "services.loadbalancers" };
    private static readonly HashSet<string> Bare = new(StringComparer.Ordinal) { "configmaps", "resourcequotas", "replicationcontrollers", "secrets" };

    /// <summary>Events come and go on their own, and what is not in a namespace has no quota.</summary>
    public static bool IsCharged(ResourceType type) => type.Namespaced && type.Resource != Kinds.Events.Resource;

    public static string CountOf(ResourceType type) => $"count/{type.GroupResource}";

    public static bool Covers(ResourceType type, string name)
    {
        if (!IsCharged(type)) return false;
        if (ReferenceEquals(type, Kinds.Pods)) return OfPods.Contains(name) || IsHugePages(name) || IsExtendedRequest(name);
        if (ReferenceEquals(type, Kinds.Services)) return OfServices.Contains(name);
        return name == CountOf(type) || (type.Group.Length == 0 && name == type.Resource && Bare.Contains(name));
    }

    public static bool IsHugePages(string name) => name.StartsWith("hugepages-", StringComparison.Ordinal) || name.StartsWith("requests.hugepages-", StringComparison.Ordinal);

    /// <summary>A resource that nodes offer beside the native ones; it is never overcommitted, so a quota names its requests alone.</summary>
    internal static bool IsExtended(string name) => !IsNative(name) && !name.StartsWith("requests.", StringComparison.Ordinal) && NameRules.QualifiedName("requests." + name).Count == 0;

    private static bool IsExtendedRequest(string name) => !IsNative(name) && name.StartsWith("requests.", StringComparison.Ordinal);

    private static bool IsNative(string name) => !name.Contains('/') || name.Contains("kubernetes.io/", StringComparison.Ordinal);
}
