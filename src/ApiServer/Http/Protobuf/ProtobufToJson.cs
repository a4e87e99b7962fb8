using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Coxswain.Api;

namespace Coxswain.ApiServer.Http;

/// <summary>Writes one message as the JSON object it stands for. Fields that are not known are left out.</summary>
internal sealed class ProtobufToJson : IDisposable
{
    private const int MaxDepth = 100;

    private readonly ArrayBufferWriter<byte> _output = new(1024);
    private readonly Utf8JsonWriter _json;
    private int _depth;

    public ProtobufToJson() => _json = new Utf8JsonWriter(_output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public ReadOnlyMemory<byte> Object(string apiVersion, string kind, Schema schema, ReadOnlySpan<byte> message)
    {
        _json.WriteStartObject();
        _json.WriteString("apiVersion", apiVersion);
        _json.WriteString("kind", kind);
        Fields(schema.Fields, message);
        _json.WriteEndObject();
        _json.Flush();
        return _output.WrittenMemory;
    }

    public void Dispose() => _json.Dispose();

    private void Fields(SchemaFields fields, ReadOnlySpan<byte> message)
    {
        if (++_depth > MaxDepth) throw new FormatException("too deeply nested");
        // The entries of a list or map come one after the other (proto says they need not, Go's writer does so).
        SchemaField? open = null;
        for (var reader = new ProtobufReader(message); reader.Next();)
        {
            var field = fields.Find(reader.Field);
            if (field is null && fields.FindEmbedded(reader.Field) is { } embedded)
            {
                Close(open);
                open = null;
                Fields(embedded.Fields, reader.Bytes);
            }
            if (field is null) continue;
            if (open != field)
            {
                Close(open);
                _json.WritePropertyName(field.Name);
                open = Open(field.Type) ? field : null;
            }
            Value(field.Type, reader);
        }
        Close(open);
        _depth--;
    }

    /// <summary>A list or map whose entries are fields of the message; a list with a name of its own is a message.</summary>
    private bool Open(Schema type)
    {
        if (type.Kind == SchemaKind.Map) _json.WriteStartObject();
        else if (type is { Kind: SchemaKind.List, IsNamedList: false }) _json.WriteStartArray();
        else return false;
        return true;
    }

    private void Close(SchemaField? open)
    {
        if (open is null) return;
        if (open.Type.Kind == SchemaKind.List) _json.WriteEndArray();
        else _json.WriteEndObject();
    }

    private void Value(Schema type, ProtobufReader at)
    {
        if (type.Kind == SchemaKind.Map) Entry(type.Element!, at.Bytes);
        else if (type is { Kind: SchemaKind.List, IsNamedList: false }) Single(type.Element!, at.Number, at.Bytes);
        else Single(type, at.Number, at.Bytes);
    }

    private void Entry(Schema element, ReadOnlySpan<byte> entry)
    {
        var key = "";
        ulong number = 0;
        ReadOnlySpan<byte> bytes = default;
        for (var reader = new ProtobufReader(entry); reader.Next();)
        {
            if (reader.Field == 1) key = Encoding.UTF8.GetString(reader.Bytes);
            else
            {
                number = reader.Number;
                bytes = reader.Bytes;
            }
        }
        _json.WritePropertyName(key);
        Single(element, number, bytes);
    }

    private void Single(Schema type, ulong number, ReadOnlySpan<byte> bytes)
    {
        switch (type.Kind)
        {
            case SchemaKind.String: String(bytes); break;
            case SchemaKind.Bytes: _json.WriteBase64StringValue(bytes); break;
            case SchemaKind.Boolean: _json.WriteBooleanValue(number != 0); break;
            case SchemaKind.Int32: _json.WriteNumberValue((int)(long)number); break;
            case SchemaKind.Int64: _json.WriteNumberValue((long)number); break;
            case SchemaKind.Double: Double(BitConverter.UInt64BitsToDouble(number)); break;
            case SchemaKind.Time: Time(bytes, micro: false); break;
            case SchemaKind.MicroTime: Time(bytes, micro: true); break;
            case SchemaKind.Quantity: String(First(bytes)); break;
            case SchemaKind.IntOrString: IntOrString(bytes); break;
            case SchemaKind.Any: Raw(First(bytes)); break;
            case SchemaKind.List: NamedList(type.Element!, bytes); break;
            case SchemaKind.Struct: Struct(type, bytes); break;
            default: throw new FormatException($"{type.GoType} cannot be read from protobuf");
        }
    }

    private void Struct(Schema type, ReadOnlySpan<byte> message)
    {
        _json.WriteStartObject();
        Fields(type.Fields, message);
        _json.WriteEndObject();
    }

    private void NamedList(Schema element, ReadOnlySpan<byte> message)
    {
        _json.WriteStartArray();
        for (var reader = new ProtobufReader(message); reader.Next();) Single(element, reader.Number, reader.Bytes);
        _json.WriteEndArray();
    }

    private static ReadOnlySpan<byte> First(ReadOnlySpan<byte> message)
    {
        for (var reader = new ProtobufReader(message); reader.Next();)
        {
            if (reader.Field == 1) return reader.Bytes;
        }
        return default;
    }

    private void Raw(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) _json.WriteNullValue();
        else if (GoSyntax.Check(json) is { } fault) throw new FormatException(fault);
        else _json.WriteRawValue(json, skipInputValidation: true);
    }

    /// <summary>Bytes that are no UTF-8 become replacement characters, as in Go.</summary>
    private void String(ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text)) _json.WriteStringValue(text);
        else _json.WriteStringValue(Encoding.UTF8.GetString(text));
    }

    private void Double(double number)
    {
        if (!double.IsFinite(number)) throw new FormatException("json: unsupported value");
        _json.WriteNumberValue(number);
    }

    /// <summary>An empty message is the zero time: null in JSON.</summary>
    private void Time(ReadOnlySpan<byte> message, bool micro)
    {
        if (message.IsEmpty)
        {
            _json.WriteNullValue();
            return;
        }
        long seconds = 0, nanos = 0;
        for (var reader = new ProtobufReader(message); reader.Next();)
        {
            if (reader.Field == 1) seconds = (long)reader.Number;
            else if (reader.Field == 2) nanos = (long)reader.Number;
        }
        if (seconds is < -62135596800 or > 253402300799 || nanos is < 0 or > 999_999_999) throw new FormatException("time out of range");
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanos / 100);
        _json.WriteStringValue(time.ToString(micro ? "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'" : "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    private void IntOrString(ReadOnlySpan<byte> message)
    {
        ulong type = 0, number = 0;
        ReadOnlySpan<byte> text = default;
        for (var reader = new ProtobufReader(message); reader.Next();)
        {
            if (reader.Field == 1) type = reader.Number;
            else if (reader.Field == 2) number = reader.Number;
            else if (reader.Field == 3) text = reader.Bytes;
        }
        if (type == 1) String(text);
        else _json.WriteNumberValue((int)(long)number);
    }
}
