using System.Buffers;
using System.Text.Json;

namespace Coxswain.Api;

/// <summary>
/// The slow path: walks a body beside its type as Go's decoder would, finds the first thing that does not fit and every unknown or duplicate field,
/// and writes the body anew with only what fits. Taken when the straight decode failed, or when the body has nulls, which C# would keep.
/// </summary>
internal sealed class GoWalk : IDisposable
{
    private readonly FieldTrail _trail = new();
    private readonly StrictFindings _findings = new();
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _out;
    private string? _error;

    private GoWalk() => _out = new Utf8JsonWriter(_buffer, new JsonWriterOptions { SkipValidation = true, Encoder = KubeJson.Options.Encoder });

    /// <param name="findings">Unknown and duplicate fields, in the order met.</param>
    /// <returns>The cleaned body.</returns>
    /// <exception cref="GoDecodeException">A value does not fit its field.</exception>
    public static ReadOnlyMemory<byte> Clean(ReadOnlySpan<byte> body, Schema schema, out IReadOnlyList<string> findings)
    {
        using var walk = new GoWalk();
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 10_000 });
        reader.Read();
        walk.Value(ref reader, schema);
        if (walk._error is { } error) throw new GoDecodeException(error);
        walk._out.Flush();
        findings = walk._findings.Texts;
        return walk._buffer.WrittenMemory;
    }

    public void Dispose() => _out.Dispose();

    private void Value(ref Utf8JsonReader reader, Schema schema)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            WriteZero(schema);
            return;
        }
        switch (schema.Kind)
        {
            case SchemaKind.Any: _out.WriteRawValue(GoScalars.RawValue(ref reader), skipInputValidation: true); break;
            case SchemaKind.Struct when reader.TokenType == JsonTokenType.StartObject: Struct(ref reader, schema); break;
            case SchemaKind.Map when reader.TokenType == JsonTokenType.StartObject: Map(ref reader, schema.Element!); break;
            case SchemaKind.List when reader.TokenType == JsonTokenType.StartArray: List(ref reader, schema.Element!); break;
            case SchemaKind.Struct or SchemaKind.Map or SchemaKind.List: Mismatch(ref reader, schema.GoType); break;
            default: Scalar(ref reader, schema); break;
        }
    }

    private void Struct(ref Utf8JsonReader reader, Schema schema)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        _out.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = GoScalars.Text(ref reader);
            if (!seen.Add(name)) _findings.Add("duplicate", _trail, name);
            reader.Read();
            if (schema.Fields.Find(name) is not { } field)
            {
                _findings.Add("unknown", _trail, name);
                reader.Skip();
            }
            else if (reader.TokenType != JsonTokenType.Null) Field(ref reader, schema, field);
        }
        _out.WriteEndObject();
    }

    private void Field(ref Utf8JsonReader reader, Schema owner, SchemaField field)
    {
        var mark = _trail.Here;
        _trail.Field(owner.StructName, field.Name, field.Embedded);
        _out.WritePropertyName(field.Name);
        Value(ref reader, field.Type);
        _trail.Back(mark);
    }

    private void Map(ref Utf8JsonReader reader, Schema element)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        _out.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = GoScalars.Text(ref reader);
            if (!seen.Add(key)) _findings.Add("duplicate", _trail, key);
            reader.Read();
            var mark = _trail.Here;
            _trail.Key(key);
            _out.WritePropertyName(key);
            Value(ref reader, element);
            _trail.Back(mark);
        }
        _out.WriteEndObject();
    }

    private void List(ref Utf8JsonReader reader, Schema element)
    {
        _out.WriteStartArray();
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            var mark = _trail.Here;
            _trail.Index(i);
            Value(ref reader, element);
            _trail.Back(mark);
        }
        _out.WriteEndArray();
    }

    private void Scalar(ref Utf8JsonReader reader, Schema schema)
    {
        switch (GoScalars.Convert(ref reader, schema.Kind, _out, out var text))
        {
            case ScalarFit.Good: break;
            case ScalarFit.WrongType: Note(_trail.Mismatch(text, schema.GoType)); break;
            // Types with a decoder of their own end the whole decode at once, whatever was noted before.
            case ScalarFit.WrongInner: throw new GoDecodeException(_trail.Mismatch(text, schema.Kind == SchemaKind.IntOrString ? "int32" : "string"));
            case ScalarFit.Refused: throw new GoDecodeException(text);
            default: Note(text); break;
        }
    }

    private void Mismatch(ref Utf8JsonReader reader, string goType)
    {
        Note(_trail.Mismatch(GoScalars.KindOf(reader.TokenType), goType));
        reader.Skip();
        _out.WriteNullValue();
    }

    private void Note(string error) => _error ??= error;

    /// <summary>A null in a list or map is the element type's zero value.</summary>
    private void WriteZero(Schema schema)
    {
        switch (schema.Kind)
        {
            case SchemaKind.String or SchemaKind.Duration: _out.WriteStringValue(""); break;
            case SchemaKind.Quantity: _out.WriteStringValue("0"); break;
            case SchemaKind.IntOrString or SchemaKind.Int32 or SchemaKind.Int64 or SchemaKind.Double: _out.WriteNumberValue(0); break;
            case SchemaKind.Boolean: _out.WriteBooleanValue(false); break;
            case SchemaKind.Struct: _out.WriteRawValue("{}"u8, skipInputValidation: true); break;
            default: _out.WriteNullValue(); break;
        }
    }
}
