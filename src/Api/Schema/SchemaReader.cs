using System.Globalization;

namespace Coxswain.Api;

/// <summary>Reads the lines of one type; <c>Types/README.md</c> says what they mean.</summary>
/// <param name="package">Of the names that have no package in front.</param>
internal sealed class SchemaReader(string package)
{
    private const StringSplitOptions Words = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    /// <param name="name">In full.</param>
    /// <param name="text">The type's lines, the first without its name.</param>
    public Schema Type(string name, string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var indented = text.StartsWith('\n') ? lines : lines[1..];
        var head = text.StartsWith('\n') ? "" : lines[0].Trim();
        if (head.Split(' ', Words) is ["=", var expression, .. var rest]) return Renamed(name, Expression(expression), rest is ["enum"], indented);
        return new Schema(SchemaKind.Struct, GoName(name), fields: () => Fields(indented)) { Name = name, IsAtomic = head == "atomic" };
    }

    /// <summary>A type expression: <c>*T</c>, <c>[]T</c>, <c>map[K]T</c>, or a name.</summary>
    private Schema Expression(string text)
    {
        if (text.StartsWith('*')) return Expression(text[1..]);
        if (text.StartsWith("[]", StringComparison.Ordinal))
        {
            var item = Expression(text[2..]);
            return new Schema(SchemaKind.List, $"[]{item.GoType}", item);
        }
        if (text.StartsWith("map[", StringComparison.Ordinal))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            var value = Expression(text[(end + 1)..]);
            return new Schema(SchemaKind.Map, $"map[{Expression(text[4..end]).GoType}]{value.GoType}", value);
        }
        if (Plain.TryGetValue(text, out var plain)) return plain;
        var name = text.Contains('.', StringComparison.Ordinal) ? text : $"{package}.{text}";
        return Schemas.Find(name) ?? throw new InvalidDataException($"{package}.types names {text}, which is no type");
    }

    private static Schema Renamed(string name, Schema type, bool isEnum, string[] words)
    {
        if (type.Kind == SchemaKind.Struct) return type;
        return new Schema(type.Kind, GoName(name), type.Element)
        {
            Name = name,
            IsNamedList = type.Kind == SchemaKind.List,
            IsEnum = isEnum,
            Words = [.. words.SelectMany(w => w.Split('|', Words)).Select(w => w == "\"\"" ? "" : w)],
        };
    }

    private SchemaFields Fields(string[] lines)
    {
        var fields = new List<SchemaField>();
        var embedded = new List<EmbeddedStruct>();
        foreach (var line in lines)
        {
            var words = line.Split(' ', Words);
            if (words[0] == "+") Embed(words, fields, embedded);
            else fields.Add(Field(words));
        }
        return new SchemaFields(fields, embedded);
    }

    private void Embed(string[] words, List<SchemaField> fields, List<EmbeddedStruct> embedded)
    {
        var type = Expression(words[1]);
        if (words.Length == 2) // apiVersion and kind: protobuf has them elsewhere, and messages do not show their struct
        {
            fields.AddRange(type.Fields.All.Select(f => f with { Number = 0 }));
            return;
        }
        embedded.Add(new EmbeddedStruct(Number(words[2]), type));
        var name = type.StructName;
        foreach (var field in type.Fields.All) fields.Add(field with { Embedded = field.Embedded is { } inner ? $"{name}.{inner}" : name });
    }

    private SchemaField Field(string[] words)
    {
        var marks = words.AsSpan(3);
        var always = marks.Contains("always");
        var field = new SchemaField(words[0], Expression(words[1]))
        {
            Number = Number(words[2]),
            IsPointer = words[1].StartsWith('*'),
            IsAlways = always,
            IsRequired = marks.Contains("required") || (always && !marks.Contains("optional")),
            OmitsZero = marks.Contains("omitzero"),
        };
        foreach (var mark in marks) field = With(field, mark);
        return field;
    }

    private static SchemaField With(SchemaField field, string mark)
    {
        var equals = mark.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0) return field;
        var value = mark[(equals + 1)..];
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        var (word, keys) = colon < 0 ? (value, "") : (value[..colon], value[(colon + 1)..]);
        return mark[..equals] switch
        {
            "patch" => field with { Patch = Strategy(word), PatchKey = keys },
            "list" => field with { ListType = Enum.Parse<ListType>(word, ignoreCase: true), ListKeys = keys.Split(',', Words) },
            "default" => field with { Default = value },
            "gate" => field with { Gate = value },
            _ => throw new InvalidDataException($"the types' table has a mark that means nothing: {mark}"),
        };
    }

    private static PatchStrategy Strategy(string words) =>
        words.Split(',').Aggregate(PatchStrategy.None, (all, w) => all | Enum.Parse<PatchStrategy>(w, ignoreCase: true));

    private static int Number(string word) => word == "-" ? 0 : int.Parse(word, CultureInfo.InvariantCulture);

    /// <summary>Go names a type by the last part of its package: <c>v1.Pod</c>.</summary>
    private static string GoName(string name)
    {
        var dot = name.LastIndexOf('.');
        var package = name[..dot];
        return $"{package[(package.LastIndexOf('.') + 1)..]}{name[dot..]}";
    }

    private static readonly Dictionary<string, Schema> Plain = new(StringComparer.Ordinal)
    {
        ["string"] = new(SchemaKind.String, "string"),
        ["bool"] = new(SchemaKind.Boolean, "bool"),
        ["int32"] = new(SchemaKind.Int32, "int32"),
        ["int64"] = new(SchemaKind.Int64, "int64"),
        ["uint8"] = new(SchemaKind.Int32, "uint8"),
        ["double"] = new(SchemaKind.Double, "float64"),
        ["bytes"] = new(SchemaKind.Bytes, "[]uint8"),
        ["time"] = new(SchemaKind.Time, "v1.Time"),
        ["microtime"] = new(SchemaKind.MicroTime, "v1.MicroTime"),
        ["duration"] = new(SchemaKind.Duration, "v1.Duration"),
        ["quantity"] = new(SchemaKind.Quantity, "resource.Quantity"),
        ["intOrString"] = new(SchemaKind.IntOrString, "intstr.IntOrString"),
        ["raw"] = new(SchemaKind.Any, "runtime.RawExtension"),
        ["fields"] = new(SchemaKind.Any, "v1.FieldsV1"),
        ["any"] = new(SchemaKind.Any, "interface {}"),
        ["types.UID"] = new(SchemaKind.String, "types.UID"),
        ["types.NodeName"] = new(SchemaKind.String, "types.NodeName"),
    };
}
