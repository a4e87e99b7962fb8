using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;

namespace Coxswain.ApiServer.Http;

/// <summary>The protobuf wire format as far as strings, booleans and nested messages go.</summary>
internal sealed class ProtobufWriter
{
    private const int LengthDelimited = 2;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    /// <summary>Nothing is written for null: the field has its default.</summary>
    public void Text(int field, JsonNode? value)
    {
        if (value is not null) Text(field, value.GetValue<string>());
    }

    public void Text(int field, string value)
    {
        Tag(field, LengthDelimited);
        Varint((uint)Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, _bytes);
    }

    public void Bool(int field, bool value)
    {
        Tag(field, 0);
        Varint(value ? 1u : 0u);
    }

    public void Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        Tag(field, LengthDelimited);
        Varint((uint)inner._bytes.WrittenCount);
        _bytes.Write(inner._bytes.WrittenSpan);
    }

    private void Tag(int field, int wireType) => Varint((uint)(field << 3 | wireType));

    private void Varint(uint value)
    {
        for (; value >= 0x80; value >>= 7) _bytes.Write([(byte)(value | 0x80)]);
        _bytes.Write([(byte)value]);
    }
}
