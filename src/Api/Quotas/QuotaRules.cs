using k8s;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>One quota's limits made ready to measure objects by: names in order, and amounts as vectors in the order of the names. Immutable, as the vectors are.</summary>
public sealed class QuotaRules
{
    private readonly V1ResourceQuotaSpec? _spec;
    private readonly Dictionary<ResourceType, Quantity[]> _plain = [];

    /// <param name="spec">Never changed.</param>
    public QuotaRules(V1ResourceQuotaSpec? spec)
    {
        _spec = spec;
        Names = [.. (spec?.Hard?.Keys ?? []).Order(StringComparer.Ordinal)];
        Limits = [.. Names.Select(n => spec!.Hard[n].ToQuantity())];
        var scoped = QuotaScopes.Any(spec);
        foreach (var type in Kinds.All)
        {
            // Scopes are about Pods: other objects fall outside of them.
            if (!Names.Any(n => QuotaNames.Covers(type, n)) || (scoped && !ReferenceEquals(type, Kinds.Pods))) continue;
            Charged.Add(type);
            if (QuotaUsage.IsPlainCount(type)) _plain[type] = Vector(QuotaUsage.Of(type, type.NewObject(), default));
        }
    }

    public IReadOnlyList<string> Names { get; }
    public IReadOnlyList<Quantity> Limits { get; }
    /// <summary>The kinds of which an object can count.</summary>
    public HashSet<ResourceType> Charged { get; } = [];

    /// <summary>Whether it is known how much of the name is used: by what is served, and by storage claims, of which there are none yet.</summary>
    public static bool IsTracked(string name) =>
        name is "persistentvolumeclaims" or "count/persistentvolumeclaims" or "requests.storage" || Kinds.All.Any(type => QuotaNames.Covers(type, name));

    /// <summary>The same for all objects of a kind, or null for kinds whose objects must be looked at.</summary>
    public Quantity[]? PlainCount(ResourceType type) => _plain.GetValueOrDefault(type);

    /// <summary>What the object takes, or null when the quota is not about it.</summary>
    public Quantity[]? Measure(ResourceType type, IKubernetesObject<V1ObjectMeta> value, DateTime now)
    {
        if (!Charged.Contains(type)) return null;
        if (PlainCount(type) is { } plain) return plain;
        return value is V1Pod pod && !QuotaScopes.Match(_spec, pod) ? null : Vector(QuotaUsage.Of(type, value, now));
    }

    private Quantity[] Vector(IReadOnlyDictionary<string, Quantity> usage) => [.. Names.Select(n => usage.GetValueOrDefault(n))];
}
