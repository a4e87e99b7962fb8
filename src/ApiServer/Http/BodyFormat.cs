using Coxswain.Api;
using Coxswain.Client;

namespace Coxswain.ApiServer.Http;

/// <summary>What a request's Content-Type says of its body.</summary>
internal static class BodyFormat
{
    private const string ObjectTypes = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
    private const string PatchTypes = "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json";

    /// <summary>The body as JSON; YAML is converted.</summary>
    /// <exception cref="StatusException">415 for anything else.</exception>
    public static ReadOnlyMemory<byte> ToJson(string? contentType, ReadOnlyMemory<byte> body) => MediaType(contentType) switch
    {
        "" or "application/json" or "*/*" => body,
        "application/yaml" => Yaml(body),
        ProtobufBody.MediaType => ProtobufBody.ToJson(body),
        var other => throw ApiErrors.UnsupportedMediaType(other, ObjectTypes),
    };

    public static PatchType PatchTypeOf(string? contentType) => MediaType(contentType) switch
    {
        "application/json-patch+json" => PatchType.Json,
        "application/merge-patch+json" => PatchType.Merge,
        "application/strategic-merge-patch+json" => PatchType.StrategicMerge,
        var other => throw ApiErrors.UnsupportedMediaType(other, PatchTypes),
    };

    private static string MediaType(string? contentType)
    {
        if (contentType is null or "application/json") return contentType ?? "";
        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? contentType : contentType[..end]).Trim().ToLowerInvariant();
    }

    private static ReadOnlyMemory<byte> Yaml(ReadOnlyMemory<byte> body)
    {
        try
        {
            return YamlToJson.Convert(body.Span);
        }
        catch (YamlFormatException e)
        {
            throw ApiErrors.BadRequest(e.Message);
        }
    }
}
