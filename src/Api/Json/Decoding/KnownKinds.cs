namespace Coxswain.Api;

/// <summary>The kinds that upstream's scheme knows, served here or not: an unknown kind and a kind in the wrong place are told apart in messages.</summary>
internal static class KnownKinds
{
    /// <summary>Every version of a group knows these.</summary>
    private static readonly HashSet<string> Common = new(StringComparer.Ordinal)
    {
        "DeleteOptions", "CreateOptions", "GetOptions", "ListOptions", "PatchOptions", "UpdateOptions", "WatchEvent",
    };

    /// <summary>These belong to no group's version; upstream keeps them with v1.</summary>
    private static readonly HashSet<string> Unversioned = new(StringComparer.Ordinal) { "Status", "APIVersions", "APIGroupList", "APIGroup", "APIResourceList" };

    /// <summary>Upstream serves these groups by other servers of the same process, each with a scheme of its own.</summary>
    private static readonly HashSet<string> Elsewhere = new(StringComparer.Ordinal) { "apiextensions.k8s.io", "apiregistration.k8s.io", "metrics.k8s.io" };

    public static bool Contains(GroupVersionKind kind)
    {
        if (Elsewhere.Contains(kind.Group)) return false;
        if (kind is { Group: "", Version: "v1" } && Unversioned.Contains(kind.Kind)) return true;
        if (Common.Contains(kind.Kind)) return Schemas.HasVersion(kind.Group, kind.Version);
        return Schemas.Find(kind) is { } schema && schema.Fields.Find("kind") is not null && schema.Fields.Find("apiVersion") is not null;
    }
}
