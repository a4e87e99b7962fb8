using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Who owns whom over every kind: no graph of its own, but questions to the caches' indexes.</summary>
internal sealed class OwnerGraph
{
    private readonly Dictionary<(string Group, string Kind), OwnedKind> _byKind = [];

    public OwnerGraph(IEnumerable<OwnedKind> kinds)
    {
        Kinds = [.. kinds];
        foreach (var kind in Kinds) _byKind[(kind.Type.Group, kind.Type.Kind)] = kind;
    }

    public IReadOnlyList<OwnedKind> Kinds { get; }

    /// <summary>The kind that a reference means, whatever version it names; null when it is not served.</summary>
    public OwnedKind? KindOf(V1OwnerReference reference) =>
        GroupVersion.TryParse(reference.ApiVersion, out var group, out _) ? _byKind.GetValueOrDefault((group, reference.Kind)) : null;

    /// <summary>Everything that names <paramref name="uid"/> as an owner.</summary>
    public IEnumerable<(OwnedKind Kind, IKubernetesObject<V1ObjectMeta> Value)> DependentsOf(string uid)
    {
        foreach (var kind in Kinds)
        {
            foreach (var value in kind.DependentsOf(uid)) yield return (kind, value);
        }
    }

    public bool HasDependents(string uid) => Kinds.Any(kind => kind.CountDependents(uid) > 0);
}
