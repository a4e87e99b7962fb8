using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>
/// Gives the package's types the shape that upstream's Go types have on the wire: which fields are left out when empty, which are always written,
/// how times and quantities are spelt. The differences stand in the tables of <c>Shapes/</c>.
/// </summary>
internal static class GoShape
{
    public static void Apply(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object) return;
        var names = type.Properties.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        // Only objects and lists of objects have all three.
        var isObject = names.Contains("apiVersion") && names.Contains("kind") && names.Contains("metadata");
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            var shape = Shapes.Of(type.Type, type.Properties[i].Name);
            if (shape.Gone) type.Properties.RemoveAt(i);
            else Shape(type.Properties[i], isObject ? OfObject(type.Properties[i], shape) : shape);
        }
        FieldOrder.Apply(type);
    }

    /// <summary>What holds for every object: metadata, spec and status are structs by value, a list's items are never missing.</summary>
    private static FieldShape OfObject(JsonPropertyInfo property, FieldShape shape)
    {
        property.Order = property.Name switch { "kind" => -3, "apiVersion" => -2, "metadata" => -1, _ => 0 };
        var isClass = property.PropertyType != typeof(string) && !property.PropertyType.IsValueType;
        return property.Name switch
        {
            "metadata" or "spec" or "status" when isClass => shape with { Struct = true },
            "items" => shape with { Always = true },
            _ => shape,
        };
    }

    private static void Shape(JsonPropertyInfo property, FieldShape shape)
    {
        var type = property.PropertyType;
        if (type == typeof(string)) ShapeString(property, shape);
        else if (type == typeof(ResourceQuantity)) ShapeQuantity(property, shape);
        else if (type == typeof(DateTime?)) ShapeTime(property, shape);
        else if (type == typeof(DateTime)) property.CustomConverter = shape.Micro ? MicroTimeConverter.Instance : TimeConverter.Instance;
        else if (type.IsValueType) ShapeScalar(property, shape);
        else if (type.IsGenericType || type.IsArray) ShapeCollection(property, shape);
        else ShapeStruct(property, shape);
    }

    private static void ShapeString(JsonPropertyInfo property, FieldShape shape)
    {
        if (shape.Always)
        {
            // A pointer that is always written is null when unset, a string by value is "".
            if (!shape.Pointer && property.Get is { } get) property.Get = o => get(o) ?? "";
            property.ShouldSerialize = static (_, _) => true;
        }
        else if (!shape.Pointer)
        {
            property.ShouldSerialize = static (_, value) => value is string { Length: > 0 };
        }
    }

    private static void ShapeTime(JsonPropertyInfo property, FieldShape shape)
    {
        property.CustomConverter = shape.Micro ? NullableMicroTimeConverter.Instance : NullableTimeConverter.Instance;
        if (shape.NullTime) property.ShouldSerialize = static (_, _) => true;
    }

    private static void ShapeScalar(JsonPropertyInfo property, FieldShape shape)
    {
        if (shape.Zero) property.ShouldSerialize = static (_, value) => value is not (null or 0 or 0L or false);
        else if (shape.Always) property.ShouldSerialize = static (_, _) => true;
    }

    private static void ShapeQuantity(JsonPropertyInfo property, FieldShape shape)
    {
        property.CustomConverter = VerbatimQuantityConverter.Instance;
        if (!shape.Struct || property.Get is not { } get) return;
        property.Get = o => get(o) ?? ParsedQuantity.Zero;
        property.ShouldSerialize = static (_, _) => true;
    }

    private static void ShapeCollection(JsonPropertyInfo property, FieldShape shape)
    {
        if (property.PropertyType == typeof(IDictionary<string, string>)) property.CustomConverter = TextMapConverter.Instance;
        if (shape.Always) property.ShouldSerialize = static (_, _) => true;
        else property.ShouldSerialize = static (_, value) => value is not null && !IsEmpty(value);
    }

    private static bool IsEmpty(object value) => value switch
    {
        System.Collections.ICollection c => c.Count == 0,
        System.Collections.IEnumerable e => !e.GetEnumerator().MoveNext(),
        _ => false,
    };

    private static void ShapeStruct(JsonPropertyInfo property, FieldShape shape)
    {
        if (shape.Struct && property.Get is { } get)
        {
            var options = property.Options;
            var type = property.PropertyType;
            object? empty = null;
            property.Get = o => get(o) ?? (empty ??= Empty(type, options));
            property.ShouldSerialize = static (_, _) => true;
        }
        else if (shape.Always)
        {
            property.ShouldSerialize = static (_, _) => true;
        }
    }

    private static object Empty(Type type, JsonSerializerOptions options) =>
        type == typeof(IntOrString) ? (IntOrString)0 : options.GetTypeInfo(type).CreateObject!();
}
