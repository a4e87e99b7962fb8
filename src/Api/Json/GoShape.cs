using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>
/// Gives the package's classes the shape that upstream's Go types have on the wire: which fields there are and in which order, which are left out when empty, which are
/// always written, how times and quantities are spelt. All of it follows from the type's <see cref="Schema"/>.
/// </summary>
internal static class GoShape
{
    public static void Apply(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || Schemas.Of(type.Type) is not { } schema) return;
        var fields = schema.Fields.All;
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            var property = type.Properties[i];
            property.Order = fields.TakeWhile(f => f.Name != property.Name).Count();
            if (property.Order == fields.Count) type.Properties.RemoveAt(i); // a later version's
            else Shape(property, fields[property.Order]);
        }
    }

    private static void Shape(JsonPropertyInfo property, SchemaField field)
    {
        switch (field.Type.Kind)
        {
            case SchemaKind.String or SchemaKind.Duration: ShapeString(property, field); break;
            case SchemaKind.Time or SchemaKind.MicroTime: ShapeTime(property, field); break;
            case SchemaKind.Quantity: ShapeQuantity(property, field); break;
            case SchemaKind.Boolean or SchemaKind.Int32 or SchemaKind.Int64 or SchemaKind.Double: ShapeScalar(property, field); break;
            case SchemaKind.List or SchemaKind.Map or SchemaKind.Bytes: ShapeCollection(property, field); break;
            case SchemaKind.Struct or SchemaKind.IntOrString: ShapeStruct(property, field); break;
            default: if (field.IsAlways) WriteAlways(property); break;
        }
    }

    private static void WriteAlways(JsonPropertyInfo property) => property.ShouldSerialize = static (_, _) => true;

    /// <summary>A pointer that is always written is null when unset, a string by value is "".</summary>
    private static void ShapeString(JsonPropertyInfo property, SchemaField field)
    {
        if (field.IsAlways)
        {
            if (!field.IsPointer && property.Get is { } get) property.Get = o => get(o) ?? "";
            WriteAlways(property);
        }
        else if (!field.IsPointer)
        {
            property.ShouldSerialize = static (_, value) => value is string { Length: > 0 };
        }
    }

    /// <summary>A time by value is null when it is not set.</summary>
    private static void ShapeTime(JsonPropertyInfo property, SchemaField field)
    {
        var micro = field.Type.Kind == SchemaKind.MicroTime;
        if (property.PropertyType == typeof(DateTime)) property.CustomConverter = micro ? MicroTimeConverter.Instance : TimeConverter.Instance;
        else property.CustomConverter = micro ? NullableMicroTimeConverter.Instance : NullableTimeConverter.Instance;
        if (!field.IsPointer && !field.OmitsZero) WriteAlways(property);
    }

    private static void ShapeScalar(JsonPropertyInfo property, SchemaField field)
    {
        if (field.IsAlways)
        {
            if (!field.IsPointer && Zero(property.PropertyType) is { } zero && property.Get is { } get) property.Get = o => get(o) ?? zero;
            WriteAlways(property);
        }
        else if (!field.IsPointer)
        {
            property.ShouldSerialize = static (_, value) => value is not (null or 0 or 0L or 0d or false);
        }
    }

    /// <summary>What a number or boolean that may be null stands for when it is; null when it may not.</summary>
    private static object? Zero(Type type) =>
        type == typeof(int?) ? 0 : type == typeof(long?) ? 0L : type == typeof(double?) ? 0d : type == typeof(bool?) ? false : null;

    private static void ShapeQuantity(JsonPropertyInfo property, SchemaField field)
    {
        property.CustomConverter = VerbatimQuantityConverter.Instance;
        if (field.IsPointer || property.Get is not { } get) return;
        property.Get = o => get(o) ?? ParsedQuantity.Zero;
        WriteAlways(property);
    }

    private static void ShapeCollection(JsonPropertyInfo property, SchemaField field)
    {
        if (property.PropertyType == typeof(IDictionary<string, string>)) property.CustomConverter = TextMapConverter.Instance;
        if (field.IsAlways) WriteAlways(property);
        else property.ShouldSerialize = static (_, value) => value is not null && !IsEmpty(value);
    }

    private static bool IsEmpty(object value) => value switch
    {
        ICollection c => c.Count == 0,
        IEnumerable e => !e.GetEnumerator().MoveNext(),
        _ => false,
    };

    /// <summary>A struct by value is written as {} when it is not set.</summary>
    private static void ShapeStruct(JsonPropertyInfo property, SchemaField field)
    {
        if (!field.IsPointer && property.Get is { } get)
        {
            var options = property.Options;
            var type = property.PropertyType;
            object? empty = null;
            property.Get = o => get(o) ?? (empty ??= Empty(type, options));
            WriteAlways(property);
        }
        else if (field.IsAlways)
        {
            WriteAlways(property);
        }
    }

    private static object Empty(Type type, JsonSerializerOptions options) =>
        type == typeof(IntOrString) ? (IntOrString)0 : options.GetTypeInfo(type).CreateObject!();
}
