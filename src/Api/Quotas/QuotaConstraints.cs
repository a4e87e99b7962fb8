using k8s.Models;

namespace Coxswain.Api;

/// <summary>Where cpu or memory is limited by quota, each container must say how much it wants: what says nothing could not be counted.</summary>
public static class QuotaConstraints
{
    private static readonly string[] Required = ["cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory"];

    /// <summary>What is missing, in upstream's words, or null.</summary>
    /// <param name="names">What the quota limits.</param>
    public static string? Missing(V1PodSpec spec, IReadOnlyList<string> names)
    {
        if (IsStatedAsAWhole(spec)) return null;
        var missing = new List<string>();
        foreach (var name in Required)
        {
            if (!names.Contains(name)) continue;
            var silent = (spec.Containers ?? []).Concat(spec.InitContainers ?? []).Where(c => !Names(c).Contains(name)).Select(c => c.Name).Distinct().Order(StringComparer.Ordinal).ToList();
            if (silent.Count > 0) missing.Add($"{name} for: {string.Join(',', silent)}");
        }
        return missing.Count == 0 ? null : $"must specify {string.Join("; ", missing)}";
    }

    /// <summary>A Pod that speaks for itself as a whole need not have its containers do so.</summary>
    private static bool IsStatedAsAWhole(V1PodSpec spec) =>
        (spec.Resources?.Requests?.Keys ?? []).Concat(spec.Resources?.Limits?.Keys ?? []).Any(n => n is "cpu" or "memory" || n.StartsWith("hugepages-", StringComparison.Ordinal));

    private static Dictionary<string, Quantity>.KeyCollection Names(V1Container container)
    {
        var usage = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        QuotaUsage.AddCompute(usage, Amounts(container.Resources?.Requests), Amounts(container.Resources?.Limits));
        return usage.Keys;
    }

    private static IEnumerable<KeyValuePair<string, Quantity>> Amounts(IDictionary<string, ResourceQuantity>? list) => (list ?? new Dictionary<string, ResourceQuantity>()).Select(p => KeyValuePair.Create(p.Key, p.Value.ToQuantity()));
}
