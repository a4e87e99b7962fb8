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

    public ReadOnlyMemory<byte> Object(string apiVersion, string kind, IReadOnlyDictionary<int, ProtobufField> fields, ReadOnlySpan<byte> message)
    {
        _json.WriteStartObject();
        _json.WriteString("apiVersion", apiVersion);
        _json.WriteString("kind", kind);
        Fields(fields, message);
        _json.WriteEndObject();
        _json.Flush();
        return _output.WrittenMemory;
    }

    public void Dispose() => _json.Dispose();

    private void Fields(IReadOnlyDictionary<int, ProtobufField> fields, ReadOnlySpan<byte> message)
    {
        if (++_depth > MaxDepth) throw new FormatException("too deeply nested");
        // The entries of a list or map come one after the other (proto says they need not, Go's writer does so).
        var open = 0;
        for (var reader = new ProtobufReader(message); reader.Next();)
        {
            if (!fields.TryGetValue(reader.Field, out var field)) continue;
            if (open != reader.Field)
            {
                Close(fields, open);
                open = Open(field) ? reader.Field : 0;
            }
            Value(field, reader);
        }
        Close(fields, open);
        _depth--;
    }

    private bool Open(ProtobufField field)
    {
        if (field.Name == "*" || field.Shape == ProtobufShape.Single) return false;
        _json.WritePropertyName(field.Name);
        if (field.Shape == ProtobufShape.List) _json.WriteStartArray();
        else _json.WriteStartObject();
        return true;
    }

    private void Close(IReadOnlyDictionary<int, ProtobufField> fields, int open)
    {
        if (open == 0) return;
        if (fields[open].Shape == ProtobufShape.List) _json.WriteEndArray();
        else _json.WriteEndObject();
    }

    private void Value(ProtobufField field, ProtobufReader at)
    {
        if (field.Shape == ProtobufShape.Map)
        {
            Entry(field, at.Bytes);
            return;
        }
        if (field.Name == "*")
        {
            Fields(FieldsOf(field.Type), at.Bytes);
            return;
        }
        if (field.Shape == ProtobufShape.Single) _json.WritePropertyName(field.Name);
        Scalar(field.Type, at.Number, at.Bytes);
    }

    private void Entry(ProtobufField field, ReadOnlySpan<byte> entry)
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
        Scalar(field.Type, number, bytes);
    }

    private void Scalar(string type, ulong number, ReadOnlySpan<byte> bytes)
    {
        switch (type)
        {
            case "string": String(bytes); break;
            case "bytes": _json.WriteBase64StringValue(bytes); break;
            case "bool": _json.WriteBooleanValue(number != 0); break;
            case "int32": _json.WriteNumberValue((int)(long)number); break;
            case "int64": _json.WriteNumberValue((long)number); break;
            case "double": Double(BitConverter.UInt64BitsToDouble(number)); break;
            default: Message(type, bytes); break;
        }
    }

    private void Message(string type, ReadOnlySpan<byte> bytes)
    {
        switch (type)
        {
            case "io.k8s.apimachinery.pkg.apis.meta.v1.Time": Time(bytes, micro: false); break;
            case "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": Time(bytes, micro: true); break;
            case "io.k8s.apimachinery.pkg.api.resource.Quantity": String(First(bytes)); break;
            case "io.k8s.apimachinery.pkg.util.intstr.IntOrString": IntOrString(bytes); break;
            case "io.k8s.apimachinery.pkg.runtime.RawExtension" or "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1": Raw(First(bytes)); break;
            default:
                _json.WriteStartObject();
                Fields(FieldsOf(type), bytes);
                _json.WriteEndObject();
                break;
        }
    }

    private static IReadOnlyDictionary<int, ProtobufField> FieldsOf(string type) => ProtobufFields.Of(type) ?? throw new FormatException($"unknown message {type}");

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
