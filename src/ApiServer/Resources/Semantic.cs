using Coxswain.Api;

namespace Coxswain.ApiServer.Resources;

/// <summary>Equality of parts of objects as the wire shows them: what encodes alike is alike.</summary>
internal static class Semantic
{
    public static bool Equal<T>(T? a, T? b) where T : class
    {
        if (ReferenceEquals(a, b)) return true;
        if (a is null || b is null) return false;
        return KubeJson.Serialize(a).AsSpan().SequenceEqual(KubeJson.Serialize(b));
    }

    public static bool Equal(IDictionary<string, string>? a, IDictionary<string, string>? b)
    {
        if ((a?.Count ?? 0) != (b?.Count ?? 0)) return false;
        return a is null || b is null || a.All(p => b.TryGetValue(p.Key, out var v) && v == p.Value);
    }

    public static bool Equal(IDictionary<string, byte[]>? a, IDictionary<string, byte[]>? b)
    {
        if ((a?.Count ?? 0) != (b?.Count ?? 0)) return false;
        return a is null || b is null || a.All(p => b.TryGetValue(p.Key, out var v) && (p.Value ?? []).AsSpan().SequenceEqual(v ?? []));
    }

    public static bool Equal(IEnumerable<string>? a, IEnumerable<string>? b) => (a ?? []).SequenceEqual(b ?? []);
}
