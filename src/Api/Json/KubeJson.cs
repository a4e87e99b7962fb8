using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Coxswain.Api;

/// <summary>The one JSON codec: source-generated per API group, shaped as Kubernetes writes it (<see cref="GoShape"/>).</summary>
public static class KubeJson
{
    /// <summary>Decodes leniently (unknown fields are dropped) and encodes canonically.</summary>
    public static JsonSerializerOptions Options { get; } = Make(strict: false);

    /// <summary>As <see cref="Options"/>, but unknown and duplicate fields throw a <see cref="JsonException"/>.</summary>
    public static JsonSerializerOptions Strict { get; } = Make(strict: true);

    public static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
    public static T? Deserialize<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, TypeInfo<T>());
    public static byte[] Serialize<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo<T>());

    private static JsonSerializerOptions Make(bool strict)
    {
        var options = new JsonSerializerOptions
        {
            TypeInfoResolver = JsonTypeInfoResolver.Combine(
                CoreJsonContext.Default, AppsJsonContext.Default, CoordinationJsonContext.Default, DiscoveryJsonContext.Default,
                EventsJsonContext.Default, MetaJsonContext.Default, ReviewJsonContext.Default).WithAddedModifier(GoShape.Apply),
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            AllowDuplicateProperties = !strict,
            UnmappedMemberHandling = strict ? JsonUnmappedMemberHandling.Disallow : JsonUnmappedMemberHandling.Skip,
            MaxDepth = 128,
            Converters = { new QuantityConverter(), new IntOrStringConverter() },
        };
        options.MakeReadOnly();
        return options;
    }
}
