using System.Text.Json;

namespace Coxswain.Api;

/// <summary>
/// The size of an object in upstream's etcd. There it is protobuf, and includes <c>metadata.managedFields</c>, which grows with every field and
/// every item of a keyed list. Both are lower bounds, so that no object is refused that upstream accepts.
/// </summary>
public ref struct UpstreamSize
{
    /// <summary>In managedFields: a field, an item of a set, an item of a keyed list; each without its name or value.</summary>
    private const string Field = "\"f:\":{},", SetItem = "\"v:\\\"\\\"\":{},", KeyedItem = "\"k:{\\\"\\\":}\":{\".\":{}},";

    private Utf8JsonReader _reader;
    /// <summary>Bytes of managed fields: <c>"f:image":{},</c> for each field.</summary>
    private long _managed;

    private UpstreamSize(ReadOnlySpan<byte> json) =>
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = GoSyntax.MaximumDepth });

    /// <param name="schema">The object's.</param>
    /// <param name="json">Canonical bytes.</param>
    public static long Of(Schema schema, ReadOnlySpan<byte> json)
    {
        var size = new UpstreamSize(json);
        size._reader.Read();
        var bytes = size.Struct(schema, owned: true, itemKey: null);
        return bytes + size._managed;
    }

    /// <summary>A field or item with its tag; the length of what has one in front of it.</summary>
    /// <param name="field">The field that it is, or that it is an item of; null for an entry of a map.</param>
    private long Tagged(Schema type, bool owned, SchemaField? field)
    {
        if (_reader.TokenType == JsonTokenType.Null) return 0;
        return type.Kind switch
        {
            SchemaKind.Quantity or SchemaKind.IntOrString => 1 + Prefixed(1 + Scalar(type.Kind)),
            SchemaKind.Time or SchemaKind.MicroTime => 1 + 1 + 6, // seconds since 1970 take five bytes and a tag
            SchemaKind.Any => 1 + Prefixed(1 + Prefixed(RawLength())),
            SchemaKind.List => List(type.Element!, owned, field),
            SchemaKind.Map => Map(type.Element!, owned),
            SchemaKind.Struct => 1 + Prefixed(Struct(type, owned, field is not null && Merges(field) ? field.PatchKey : null)),
            _ => 1 + Scalar(type.Kind),
        };
    }

    private long Scalar(SchemaKind kind) => _reader.TokenType switch
    {
        JsonTokenType.String when kind == SchemaKind.Bytes => Prefixed(_reader.ValueSpan.Length / 4 * 3 - 2),
        JsonTokenType.String => Prefixed(TextLength()),
        JsonTokenType.Number => _reader.TryGetInt64(out var number) ? Varint((ulong)number) : 8,
        _ => 1,
    };

    private long List(Schema element, bool owned, SchemaField? field)
    {
        long size = 0;
        var merges = owned && field is not null && Merges(field);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (merges) _managed += field!.PatchKey.Length == 0 ? SetItem.Length + TextLength() : KeyedItem.Length + field.PatchKey.Length;
            size += Tagged(element, merges, field);
        }
        return size;
    }

    private long Map(Schema element, bool owned)
    {
        long size = 0;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = TextLength();
            if (owned) _managed += key + Field.Length;
            _reader.Read();
            size += 1 + Prefixed(1 + Prefixed(key) + Tagged(element, owned: false, field: null));
        }
        return size;
    }

    private long Struct(Schema schema, bool owned, string? itemKey)
    {
        long size = 0;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = _reader.GetString()!;
            if (owned) _managed += name.Length + Field.Length;
            _reader.Read();
            if (owned && name == itemKey) _managed += _reader.ValueSpan.Length;
            if (schema.Fields.Find(name) is { } field) size += Tagged(field.Type, owned && HasOwnedParts(schema, field), field);
            else _reader.Skip();
        }
        return size;
    }

    private static bool Merges(SchemaField field) => field.Patch.HasFlag(PatchStrategy.Merge);

    /// <summary>
    /// Whether managedFields list what is inside a field. Only where that matters for the size: selectors and references are atomic there.
    /// </summary>
    private static bool HasOwnedParts(Schema owner, SchemaField field) =>
        Merges(field)
        || field.Type.Name.EndsWith("Spec", StringComparison.Ordinal)
        || field.Type.Name == "meta.v1.ObjectMeta"
        || (owner.Name == "meta.v1.ObjectMeta" && field.Name is "labels" or "annotations")
        || (owner.Name is "core.v1.ConfigMap" or "core.v1.Secret" && field.Type.Kind == SchemaKind.Map);

    private long RawLength()
    {
        var start = _reader.TokenStartIndex;
        _reader.Skip();
        return _reader.BytesConsumed - start;
    }

    /// <summary>The string's or property name's bytes once its escapes are resolved.</summary>
    private readonly long TextLength()
    {
        var text = _reader.ValueSpan;
        if (!_reader.ValueIsEscaped) return text.Length;
        long length = text.Length;
        for (var at = text.IndexOf((byte)'\\'); at >= 0;)
        {
            var unicode = text[at + 1] == 'u';
            length -= unicode ? 5 : 1; // six bytes for one at least, or two for one
            text = text[(at + (unicode ? 6 : 2))..];
            at = text.IndexOf((byte)'\\');
        }
        return length;
    }

    private static long Prefixed(long length) => length < 0 ? 1 : Varint((ulong)length) + length;

    private static int Varint(ulong value)
    {
        var bytes = 1;
        for (; value >= 0x80; value >>= 7) bytes++;
        return bytes;
    }
}
