using Coxswain.ApiServer.Resources;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>Turns a deletion's propagation policy into the finalizer that tells the garbage collector about it.</summary>
internal static class PropagationFinalizers
{
    public const string Orphan = "orphan";
    public const string Foreground = "foregroundDeletion";

    /// <param name="orphans">What becomes of dependents when nobody says.</param>
    public static void Apply(ResourceDefinition definition, bool orphans, V1ObjectMeta meta, V1DeleteOptions options)
    {
        if (!definition.MayHaveDependents) return;
        var present = meta.Finalizers ?? [];
        var wanted = present.Where(f => f is not (Orphan or Foreground)).ToList();
        if (WantsOrphan(orphans, present, options)) wanted.Add(Orphan);
        if (WantsForeground(present, options)) wanted.Add(Foreground);
        if (wanted.Count == present.Count && wanted.All(present.Contains)) return;
        meta.Finalizers = wanted.Count == 0 ? null : wanted;
    }

    // What the caller says counts most, then a finalizer that is already there, then the habit of kind and version.
    private static bool WantsOrphan(bool byDefault, IList<string> present, V1DeleteOptions options)
    {
#pragma warning disable CS0618 // old clients still send orphanDependents
        if (options.OrphanDependents is { } orphan) return orphan;
#pragma warning restore CS0618
        if (options.PropagationPolicy is { } policy) return policy == "Orphan";
        if (present.Contains(Orphan)) return true;
        return !present.Contains(Foreground) && byDefault;
    }

    private static bool WantsForeground(IList<string> present, V1DeleteOptions options)
    {
#pragma warning disable CS0618
        if (options.OrphanDependents is not null) return false;
#pragma warning restore CS0618
        if (options.PropagationPolicy is { } policy) return policy == "Foreground";
        return present.Contains(Foreground) && !present.Contains(Orphan);
    }
}
