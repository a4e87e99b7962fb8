using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;

namespace Coxswain.Api;

/// <summary>A type's fields by their JSON names.</summary>
internal static class FieldIndex
{
    private static readonly ConcurrentDictionary<Type, Dictionary<string, JsonPropertyInfo>> Types = new();

    public static Dictionary<string, JsonPropertyInfo> Of(JsonTypeInfo info) =>
        Types.GetOrAdd(info.Type, static (_, i) => i.Properties.ToDictionary(p => p.Name, StringComparer.Ordinal), info);
}
