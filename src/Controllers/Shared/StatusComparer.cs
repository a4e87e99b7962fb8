using Coxswain.Api;

namespace Coxswain.Controllers;

/// <summary>Whether writing a status would change anything.</summary>
internal static class StatusComparer
{
    /// <summary>By what the wire would show.</summary>
    public static bool Same<T>(T? a, T? b) where T : class
    {
        if (a is null || b is null) return ReferenceEquals(a, b);
        return KubeJson.Serialize(a).AsSpan().SequenceEqual(KubeJson.Serialize(b));
    }
}
