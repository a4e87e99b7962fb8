using System.Buffers;
using System.Text.Json;

namespace Coxswain.ApiServer.Http;

/// <summary>Cuts an object's <c>metadata</c> out of its JSON, for answers that show nothing else.</summary>
internal static class ObjectMetadata
{
    /// <summary>The bytes of <c>metadata</c>; <c>{}</c> when the object has none.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (found) return json[start..(int)reader.BytesConsumed];
        }
        return "{}"u8;
    }

    /// <summary>The object as <c>PartialObjectMetadata</c>.</summary>
    public static void WritePartial(IBufferWriter<byte> output, ReadOnlySpan<byte> json, string version = "v1")
    {
        output.Write("{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/"u8);
        output.Write(version == "v1" ? "v1"u8 : "v1beta1"u8);
        output.Write("\",\"metadata\":"u8);
        output.Write(Of(json));
        output.Write("}"u8);
    }
}
