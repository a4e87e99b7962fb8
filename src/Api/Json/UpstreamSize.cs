using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using k8s.Models;

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

    /// <param name="type">The object's type in the model.</param>
    /// <param name="json">Canonical bytes.</param>
    public static long Of(Type type, ReadOnlySpan<byte> json)
    {
        var size = new UpstreamSize(json);
        size._reader.Read();
        var bytes = size.Struct(KubeJson.Options.GetTypeInfo(type), owned: true, itemKey: null);
        return bytes + size._managed;
    }

    /// <summary>A field or item with its tag; the length of what has one in front of it.</summary>
    private long Tagged(Type type, bool owned, MergeRule rule = default)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (_reader.TokenType == JsonTokenType.Null) return 0;
        if (type == typeof(ResourceQuantity) || type == typeof(IntOrString)) return 1 + Prefixed(1 + Scalar(type));
        if (type == typeof(DateTime)) return 1 + 1 + 6; // seconds since 1970 take five bytes and a tag
        if (GoScalars.IsScalar(type)) return 1 + Scalar(type);
        if (type == typeof(object) || type == typeof(JsonElement)) return 1 + Prefixed(1 + Prefixed(RawLength()));
        var info = KubeJson.Options.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => List(info.ElementType!, owned, rule),
            JsonTypeInfoKind.Dictionary => Map(info.ElementType!, owned),
            _ => 1 + Prefixed(Struct(info, owned, rule.Merge ? rule.Key : null)),
        };
    }

    private long Scalar(Type type) => _reader.TokenType switch
    {
        JsonTokenType.String when type == typeof(byte[]) => Prefixed(_reader.ValueSpan.Length / 4 * 3 - 2),
        JsonTokenType.String => Prefixed(TextLength()),
        JsonTokenType.Number => _reader.TryGetInt64(out var number) ? Varint((ulong)number) : 8,
        _ => 1,
    };

    private long List(Type element, bool owned, MergeRule rule)
    {
        long size = 0;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (owned && rule.Merge) _managed += rule.Key.Length == 0 ? SetItem.Length + TextLength() : KeyedItem.Length + rule.Key.Length;
            size += Tagged(element, owned && rule.Merge, rule);
        }
        return size;
    }

    private long Map(Type element, bool owned)
    {
        long size = 0;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = TextLength();
            if (owned) _managed += key + Field.Length;
            _reader.Read();
            size += 1 + Prefixed(1 + Prefixed(key) + Tagged(element, owned: false));
        }
        return size;
    }

    private long Struct(JsonTypeInfo info, bool owned, string? itemKey)
    {
        long size = 0;
        var fields = FieldIndex.Of(info);
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = _reader.GetString()!;
            if (owned) _managed += name.Length + Field.Length;
            _reader.Read();
            if (owned && name == itemKey) _managed += _reader.ValueSpan.Length;
            if (!fields.TryGetValue(name, out var property)) _reader.Skip();
            else size += Tagged(property.PropertyType, owned && HasOwnedParts(info.Type, name, property.PropertyType), MergeRules.Of(info.Type, name));
        }
        return size;
    }

    /// <summary>
    /// Whether managedFields list what is inside a field. Only where that matters for the size: selectors and references are atomic there.
    /// </summary>
    private static bool HasOwnedParts(Type owner, string name, Type type) =>
        MergeRules.Of(owner, name).Merge
        || type.Name.EndsWith("Spec", StringComparison.Ordinal)
        || type == typeof(V1ObjectMeta)
        || (owner == typeof(V1ObjectMeta) && name is "labels" or "annotations")
        || (type.IsGenericType && (owner == typeof(V1ConfigMap) || owner == typeof(V1Secret)));

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
