using System.Text;
using System.Text.Json;
using Coxswain.Api;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// Request bodies in Kubernetes' protobuf (client-go's typed clients send it): four magic bytes, then an envelope that names apiVersion and kind and
/// carries the object. They are turned into JSON here, at the edge; answers are always JSON.
/// </summary>
internal static class ProtobufBody
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <param name="expectedKind">What the body should be; messages name it.</param>
    /// <exception cref="StatusException">400: the bytes are no such envelope, or hold no kind that we know.</exception>
    public static ReadOnlyMemory<byte> ToJson(ReadOnlyMemory<byte> body, string expectedKind)
    {
        GroupVersionKind found;
        ReadOnlyMemory<byte> raw;
        try
        {
            (found, raw) = Open(body);
        }
        catch (FormatException e)
        {
            throw StrictDecoder.Unrecognized(expectedKind, e.Message, body.Span);
        }
        try
        {
            var schema = found.Kind == "DeleteOptions" ? Schemas.Find("meta.v1.DeleteOptions") : Schemas.Find(found);
            if (schema is null) throw new FormatException(StrictDecoder.NoSuchKind(found));
            using var json = new ProtobufToJson();
            return Canonical(found, json.Object(found.ApiVersion, found.Kind, schema, raw.Span));
        }
        catch (FormatException e)
        {
            throw StrictDecoder.Unusable(found, expectedKind, e.Message);
        }
    }

    private static (GroupVersionKind Kind, ReadOnlyMemory<byte> Raw) Open(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty) throw new FormatException("empty data");
        if (!body.Span.StartsWith(Magic)) throw new FormatException("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        if (body.Length == Magic.Length) throw new FormatException("empty body");
        var (apiVersion, kind, raw) = ReadEnvelope(body[Magic.Length..]);
        if (!GroupVersion.TryParse(apiVersion, out var group, out var version)) throw new FormatException($"unexpected GroupVersion string: {apiVersion}");
        return (new GroupVersionKind(group, version, kind), raw);
    }

    /// <summary>Protobuf spells out every zero and empty string; decoded and encoded once, those go that mean nothing.</summary>
    private static ReadOnlyMemory<byte> Canonical(GroupVersionKind kind, ReadOnlyMemory<byte> json)
    {
        foreach (var type in Kinds.All)
        {
            if (type.GroupVersionKind == kind) return Canonical(type, json);
        }
        return json;
    }

    private static ReadOnlyMemory<byte> Canonical(ResourceType type, ReadOnlyMemory<byte> json)
    {
        try
        {
            return type.EncodeObject(type.DecodeObject(json.Span));
        }
        catch (JsonException)
        {
            return json; // some value does not fit its field: the decoder of all bodies says which
        }
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
