using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Coxswain.Store;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>A list: a header and the stored bytes of its items, copied once to wherever they go.</summary>
public sealed class ListAnswer
{
    private readonly ResourceEndpoint _endpoint;

    internal ListAnswer(ResourceEndpoint endpoint, IReadOnlyList<StoredValue> items, long revision, string next, long? remaining) =>
        (_endpoint, Items, Revision, Continue, RemainingItemCount) = (endpoint, items, revision, next, remaining);

    public IReadOnlyList<StoredValue> Items { get; }
    /// <summary>The list's resourceVersion.</summary>
    public long Revision { get; }
    /// <summary>The token of the next chunk; empty on the last.</summary>
    public string Continue { get; }
    public long? RemainingItemCount { get; }

    /// <summary>The list's <c>metadata</c>, also for Tables.</summary>
    public byte[] MetadataJson()
    {
        var buffer = new ArrayBufferWriter<byte>(64);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("resourceVersion", Revision.ToString(CultureInfo.InvariantCulture));
            if (Continue.Length > 0) writer.WriteString("continue", Continue);
            if (RemainingItemCount is { } n) writer.WriteNumber("remainingItemCount", n);
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    public void WriteTo(IBufferWriter<byte> output)
    {
        var type = _endpoint.ServedType;
        Write(output, "{\"kind\":\""u8);
        output.Write(System.Text.Encoding.UTF8.GetBytes($"{type.Kind}List\",\"apiVersion\":\"{type.ApiVersion}\",\"metadata\":"));
        output.Write(MetadataJson());
        Write(output, ",\"items\":["u8);
        for (var i = 0; i < Items.Count; i++)
        {
            if (i > 0) Write(output, ","u8);
            _endpoint.WriteItem(output, Items[i]);
        }
        Write(output, "]}"u8);
    }

    private static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes) => output.Write(bytes);
}
