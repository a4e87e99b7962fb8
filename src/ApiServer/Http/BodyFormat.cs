using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.Client;

namespace Coxswain.ApiServer.Http;

/// <summary>What a request's Content-Type says of its body.</summary>
internal static class BodyFormat
{
    private const string ObjectTypes = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
    private const string PatchTypes = "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json";

    private enum Format { Json, Yaml, Protobuf }

    /// <exception cref="StatusException">415: nothing that we read.</exception>
    public static void Check(string? contentType) => FormatOf(contentType);

    /// <summary>The body as JSON; YAML and protobuf are converted.</summary>
    /// <param name="kind">What the body should be.</param>
    /// <exception cref="StatusException">415 for anything else, 400 for what is no YAML or protobuf.</exception>
    public static ObjectBody Read(string? contentType, ReadOnlyMemory<byte> body, string kind, CancellationToken ct) => FormatOf(contentType) switch
    {
        Format.Yaml => ObjectBody.Of(FromYaml(body, problem => StrictDecoder.Unrecognized(kind, problem, body.Span), ct), body),
        Format.Protobuf => ObjectBody.Of(ProtobufBody.ToJson(body, kind), body),
        _ => ObjectBody.Of(body),
    };

    /// <summary>The options of a deletion, as JSON: upstream hands on what its decoders say of them, and so 500.</summary>
    public static ReadOnlyMemory<byte> ReadOptions(string? contentType, ReadOnlyMemory<byte> body, CancellationToken ct) => FormatOf(contentType) switch
    {
        Format.Yaml => FromYaml(body, ApiErrors.Unknown, ct),
        Format.Protobuf => ProtobufBody.ToJson(body, "DeleteOptions"),
        _ => body,
    };

    public static PatchType PatchTypeOf(string? contentType) => MediaType(contentType ?? "") switch
    {
        "application/json-patch+json" => PatchType.Json,
        "application/merge-patch+json" => PatchType.Merge,
        "application/strategic-merge-patch+json" => PatchType.StrategicMerge,
        _ => throw ApiErrors.UnsupportedMediaType(PatchTypes),
    };

    private static Format FormatOf(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType) || contentType == "application/json") return Format.Json;
        return MediaType(contentType) switch
        {
            "application/json" => Format.Json,
            "application/yaml" => Format.Yaml,
            ProtobufBody.MediaType => Format.Protobuf,
            _ => throw ApiErrors.UnsupportedMediaType(ObjectTypes),
        };
    }

    private static string MediaType(string contentType)
    {
        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? contentType : contentType[..end]).Trim().ToLowerInvariant();
    }

    private static ReadOnlyMemory<byte> FromYaml(ReadOnlyMemory<byte> body, Func<string, StatusException> refuse, CancellationToken ct)
    {
        try
        {
            return YamlToJson.Convert(body.Span, ct);
        }
        catch (YamlFormatException e)
        {
            throw refuse(e.Problem);
        }
    }
}
