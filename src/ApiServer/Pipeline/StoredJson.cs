using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>Bytes without a resourceVersion and the place where the store writes it.</summary>
internal readonly record struct SlottedJson(ReadOnlyMemory<byte> Json, int Slot);

/// <summary>Works on canonical bytes: encodes an object for the store, cuts and puts in its resourceVersion. Nothing here decodes more than metadata.</summary>
internal static class StoredJson
{
    [ThreadStatic] private static EncodeBuffer? Buffer;
    [ThreadStatic] private static Utf8JsonWriter? Writer;

    /// <summary>Encodes with an empty resourceVersion.</summary>
    public static SlottedJson EncodeSlotted(ResourceType type, IKubernetesObject<V1ObjectMeta> value)
    {
        var before = value.Metadata.ResourceVersion;
        value.Metadata.ResourceVersion = "0"; // any text: it is cut out again
        try { return CutRevision(Encode(type, value)); }
        finally { value.Metadata.ResourceVersion = before; }
    }

    /// <summary>Encodes into this thread's buffer; the result is gone with the thread's next call.</summary>
    public static ReadOnlySpan<byte> Encode(ResourceType type, IKubernetesObject<V1ObjectMeta> value)
    {
        Buffer ??= new EncodeBuffer();
        Buffer.Reset();
        Writer ??= new Utf8JsonWriter(Buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = 128 });
        Writer.Reset(Buffer);
        JsonSerializer.Serialize(Writer, value, type.TypeInfo);
        Writer.Flush();
        return Buffer.Written;
    }

    /// <summary>A copy without the digits of the resourceVersion.</summary>
    public static SlottedJson CutRevision(ReadOnlySpan<byte> json)
    {
        var digits = FindRevision(json);
        var (start, length) = digits.GetOffsetAndLength(json.Length);
        var cut = new byte[json.Length - length];
        json[..start].CopyTo(cut);
        json[(start + length)..].CopyTo(cut.AsSpan(start));
        Buffer?.Reset(); // the bytes came from there
        return new SlottedJson(cut, start);
    }

    /// <summary>A copy with another resourceVersion.</summary>
    public static byte[] WithRevision(ReadOnlySpan<byte> json, long revision)
    {
        var (start, length) = FindRevision(json).GetOffsetAndLength(json.Length);
        Span<byte> digits = stackalloc byte[20];
        revision.TryFormat(digits, out var count, default, CultureInfo.InvariantCulture);
        var result = new byte[json.Length - length + count];
        json[..start].CopyTo(result);
        digits[..count].CopyTo(result.AsSpan(start));
        json[(start + length)..].CopyTo(result.AsSpan(start + count));
        return result;
    }

    /// <summary>Where the text of <c>metadata.resourceVersion</c> lies. Walks, because an annotation may be called the same.</summary>
    public static Range FindRevision(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!EnterMetadata(ref reader)) throw new JsonException("no metadata");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("resourceVersion"u8);
            reader.Read();
            if (found) return ((int)reader.TokenStartIndex + 1)..((int)reader.TokenStartIndex + 1 + reader.ValueSpan.Length);
            reader.Skip();
        }
        throw new JsonException("no metadata.resourceVersion");
    }

    /// <summary>Stands on the opening brace of metadata afterwards.</summary>
    public static bool EnterMetadata(ref Utf8JsonReader reader)
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            if (found) return reader.TokenType == JsonTokenType.StartObject;
            reader.Skip();
        }
        return false;
    }

    /// <summary>
    /// How every stored object of a type begins (kind and apiVersion); lists leave it out of their items. Written out, not taken from an encoded object: that would
    /// set up the codec of every kind before the first request.
    /// </summary>
    public static byte[] TypeHead(ResourceType type) => Encoding.UTF8.GetBytes($$"""{"kind":"{{type.Kind}}","apiVersion":"{{type.ApiVersion}}",""");
}
