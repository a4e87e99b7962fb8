using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using k8s.Models;

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
    public static ReadOnlyMemory<byte> Clean(ReadOnlySpan<byte> body, Type type, out IReadOnlyList<string> findings)
    {
        using var walk = new GoWalk();
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 10_000 });
        reader.Read();
        walk.Value(ref reader, type, FieldShape.Plain);
        if (walk._error is { } error) throw new GoDecodeException(error);
        walk._out.Flush();
        findings = walk._findings.Texts;
        return walk._buffer.WrittenMemory;
    }

    public void Dispose() => _out.Dispose();

    private void Value(ref Utf8JsonReader reader, Type type, FieldShape shape)
    {
        if (reader.TokenType == JsonTokenType.Null) WriteZero(type);
        else if (GoScalars.IsScalar(type)) Scalar(ref reader, type, shape);
        else if (type == typeof(object)) _out.WriteRawValue(GoScalars.RawValue(ref reader), skipInputValidation: true);
        else Composite(ref reader, type, shape);
    }

    private void Composite(ref Utf8JsonReader reader, Type type, FieldShape shape)
    {
        var info = KubeJson.Options.GetTypeInfo(type);
        var expected = info.Kind == JsonTypeInfoKind.Enumerable ? JsonTokenType.StartArray : JsonTokenType.StartObject;
        if (reader.TokenType != expected) Mismatch(ref reader, shape.GoType ?? GoTypeName.Of(type));
        else if (info.Kind == JsonTypeInfoKind.Enumerable) List(ref reader, info.ElementType!, shape);
        else if (info.Kind == JsonTypeInfoKind.Dictionary) Map(ref reader, info.ElementType!);
        else Struct(ref reader, info);
    }

    private void Struct(ref Utf8JsonReader reader, JsonTypeInfo info)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var fields = FieldIndex.Of(info);
        _out.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = GoScalars.Text(ref reader);
            if (!seen.Add(name)) _findings.Add("duplicate", _trail, name);
            reader.Read();
            if (!fields.TryGetValue(name, out var property))
            {
                _findings.Add("unknown", _trail, name);
                reader.Skip();
            }
            else if (reader.TokenType != JsonTokenType.Null) Field(ref reader, info.Type, property);
        }
        _out.WriteEndObject();
    }

    private void Field(ref Utf8JsonReader reader, Type owner, JsonPropertyInfo property)
    {
        var shape = Shapes.Of(owner, property.Name);
        var mark = _trail.Here;
        _trail.Field(GoTypeName.Struct(owner), property.Name, shape.Embedded);
        _out.WritePropertyName(property.Name);
        Value(ref reader, property.PropertyType, shape);
        _trail.Back(mark);
    }

    private void Map(ref Utf8JsonReader reader, Type element)
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
            Value(ref reader, element, FieldShape.Plain);
            _trail.Back(mark);
        }
        _out.WriteEndObject();
    }

    private void List(ref Utf8JsonReader reader, Type element, FieldShape shape)
    {
        var elementShape = shape.GoType is ['[', ']', ..] ? new FieldShape { GoType = shape.GoType[2..] } : FieldShape.Plain;
        _out.WriteStartArray();
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            var mark = _trail.Here;
            _trail.Index(i);
            Value(ref reader, element, elementShape);
            _trail.Back(mark);
        }
        _out.WriteEndArray();
    }

    private void Scalar(ref Utf8JsonReader reader, Type type, FieldShape shape)
    {
        switch (GoScalars.Convert(ref reader, type, shape, _out, out var text))
        {
            case ScalarFit.Good: break;
            case ScalarFit.WrongType: Note(_trail.Mismatch(text, shape.GoType ?? GoTypeName.Of(type))); break;
            // Types with a decoder of their own end the whole decode at once, whatever was noted before.
            case ScalarFit.WrongInner: throw new GoDecodeException(_trail.Mismatch(text, type == typeof(IntOrString) ? "int32" : "string"));
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
    private void WriteZero(Type type)
    {
        if (type == typeof(string)) _out.WriteStringValue("");
        else if (type == typeof(ResourceQuantity)) _out.WriteStringValue("0");
        else if (type == typeof(IntOrString) || Nullable.GetUnderlyingType(type) is { } inner && inner != typeof(bool) && inner != typeof(DateTime)) _out.WriteNumberValue(0);
        else if (type == typeof(bool?)) _out.WriteBooleanValue(false);
        else if (GoScalars.IsScalar(type) || type == typeof(object) || KubeJson.Options.GetTypeInfo(type).Kind != JsonTypeInfoKind.Object) _out.WriteNullValue();
        else _out.WriteRawValue("{}"u8, skipInputValidation: true);
    }
}
