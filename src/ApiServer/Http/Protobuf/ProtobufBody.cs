using System.Text;
using Coxswain.Api;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// Request bodies in Kubernetes' protobuf (client-go's typed clients send it): four magic bytes, then an envelope that names apiVersion and kind and
/// carries the object. They are turned into JSON here, at the edge; answers are always JSON.
/// </summary>
internal static class ProtobufBody
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    /// <exception cref="StatusException">400: the bytes are no such envelope, or hold no kind that we know.</exception>
    public static ReadOnlyMemory<byte> ToJson(ReadOnlyMemory<byte> body)
    {
        if (!body.Span.StartsWith("k8s\0"u8)) throw ApiErrors.BadRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        try
        {
            var (apiVersion, kind, raw) = ReadEnvelope(body[4..]);
            if (!GroupVersion.TryParse(apiVersion, out var group, out var version)) throw new FormatException($"no apiVersion: {apiVersion}");
            var type = kind == "DeleteOptions" ? SchemaSet.DeleteOptions : $"{SchemaSet.PackageOf(group)}.{version}.{kind}";
            if (ProtobufFields.Of(type) is not { } fields) throw ApiErrors.BadRequest($"no kind \"{kind}\" is registered for version \"{apiVersion}\"");
            using var json = new ProtobufToJson();
            return Canonical(new GroupVersionKind(group, version, kind), json.Object(apiVersion, kind, fields, raw.Span));
        }
        catch (FormatException e)
        {
            throw ApiErrors.BadRequest($"unable to decode protobuf: {e.Message}");
        }
    }

    /// <summary>Protobuf spells out every zero and empty string; decoded and encoded once, those go that mean nothing.</summary>
    private static ReadOnlyMemory<byte> Canonical(GroupVersionKind kind, ReadOnlyMemory<byte> json)
    {
        foreach (var type in Kinds.All)
        {
            if (type.GroupVersionKind == kind) return type.EncodeObject(type.DecodeObject(json.Span));
        }
        return json;
    }

    private static (string ApiVersion, string Kind, ReadOnlyMemory<byte> Raw) ReadEnvelope(ReadOnlyMemory<byte> bytes)
    {
        string apiVersion = "", kind = "";
        ReadOnlyMemory<byte> raw = default;
        for (var reader = new ProtobufReader(bytes.Span); reader.Next();)
        {
            if (reader.Field == 1) (apiVersion, kind) = ReadType(reader.Bytes);
            else if (reader.Field == 2) raw = reader.Bytes.ToArray();
        }
        return (apiVersion, kind, raw);
    }

    private static (string ApiVersion, string Kind) ReadType(ReadOnlySpan<byte> bytes)
    {
        string apiVersion = "", kind = "";
        for (var reader = new ProtobufReader(bytes); reader.Next();)
        {
            if (reader.Field == 1) apiVersion = Encoding.UTF8.GetString(reader.Bytes);
            else if (reader.Field == 2) kind = Encoding.UTF8.GetString(reader.Bytes);
        }
        return (apiVersion, kind);
    }
}
