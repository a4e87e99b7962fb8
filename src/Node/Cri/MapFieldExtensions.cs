using Google.Protobuf.Collections;

namespace Coxswain.Node.Cri;

internal static class MapFieldExtensions
{
    /// <summary>Adds all of <paramref name="source"/>, which may be null.</summary>
    public static void Add(this MapField<string, string> map, IReadOnlyDictionary<string, string>? source)
    {
        foreach (var (key, value) in source ?? Runtime.SandboxConfig.Empty) map[key] = value;
    }
}
