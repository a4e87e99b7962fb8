using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Build.OpenApi;

/// <summary>Writes each model class as an OpenAPI v3 schema.</summary>
internal sealed class SchemaWriter(DefinitionNames names, Dictionary<string, string> documentation)
{
    private const string Prefix = "#/components/schemas/";
    private const string Time = "io.k8s.apimachinery.pkg.apis.meta.v1.Time";
    private const string MicroTime = "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime";
    private const string Quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
    private const string IntOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
    private const string RawExtension = "io.k8s.apimachinery.pkg.runtime.RawExtension";
    private const string FieldsV1 = "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1";
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly HashSet<string> MicroTimes = ["acquireTime", "renewTime", "eventTime", "lastObservedTime"];

    private readonly HashSet<string> _references = [];

    public List<string> All()
    {
        var lines = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (type, name) in names.All)
        {
            _references.Clear();
            var schema = Object(type, name).ToJsonString(Compact);
            lines[name] = $"{name}\t{string.Join(',', _references.Order(StringComparer.Ordinal))}\t{schema}";
        }
        foreach (var (name, schema) in Leaves()) lines[name] = $"{name}\t\t{schema.ToJsonString(Compact)}";
        return [.. lines.Values];
    }

    private JsonObject Object(Type type, string name)
    {
        var schema = new JsonObject();
        Describe(schema, $"T:{type.FullName}");
        schema["type"] = "object";
        if (Facts.Required(name).ToList() is { Count: > 0 } required) schema["required"] = new JsonArray([.. required.Select(r => JsonValue.Create(r))]);
        var properties = new JsonObject();
        foreach (var (field, property) in Fields(type).OrderBy(f => f.Field, StringComparer.Ordinal))
        {
            if (Facts.Of(name)?.Fields is not { } known || known.Find(field) is not null) properties[field] = Property(name, field, property);
        }
        if (properties.Count > 0) schema["properties"] = properties;
        if (Facts.Of(name) is { IsAtomic: true }) schema["x-kubernetes-map-type"] = "atomic";
        if (KindOf(type, name) is { } kind) schema["x-kubernetes-group-version-kind"] = new JsonArray(kind);
        return schema;
    }

    private static IEnumerable<(string Field, PropertyInfo Property)> Fields(Type type) =>
        from property in type.GetProperties()
        let attribute = property.GetCustomAttribute<JsonPropertyNameAttribute>()
        where attribute is not null
        select (attribute.Name, property);

    private JsonObject Property(string type, string field, PropertyInfo property)
    {
        var schema = MicroTimes.Contains(field) && Underlying(property.PropertyType) == typeof(DateTime) ? Reference(MicroTime) : Schema(property.PropertyType, field);
        // A reference may have no siblings: what is said of the field goes around it.
        if (schema.ContainsKey("$ref")) schema = new JsonObject { ["allOf"] = new JsonArray(schema) };
        Describe(schema, $"P:{property.DeclaringType!.FullName}.{property.Name}");
        var known = Facts.Of(type)?.Fields.Find(field);
        if (Facts.EnumOf(known) is { } words) (schema["items"] ?? schema)["enum"] = new JsonArray([.. words.Select(w => JsonValue.Create(w))]);
        if (known is not null) Extend(schema, known);
        return schema;
    }

    private JsonObject Schema(Type type, string field)
    {
        type = Underlying(type);
        if (type == typeof(string)) return Simple("string");
        if (type == typeof(bool)) return Simple("boolean");
        if (type == typeof(int)) return Simple("integer", "int32");
        if (type == typeof(long)) return Simple("integer", "int64");
        if (type == typeof(double) || type == typeof(float)) return Simple("number", "double");
        if (type == typeof(byte[])) return Simple("string", "byte");
        if (type == typeof(DateTime)) return Reference(Time);
        if (type.Name == nameof(ResourceQuantity)) return Reference(Quantity);
        if (type.Name.Contains("IntOrString", StringComparison.Ordinal)) return Reference(IntOrString);
        if (type == typeof(object) || type == typeof(JsonElement) || type == typeof(JsonNode)) return Reference(field == "fieldsV1" ? FieldsV1 : RawExtension);
        if (names.All.TryGetValue(type, out var name)) return Reference(name);
        if (!type.IsGenericType) return Reference(RawExtension);
        var element = Schema(type.GetGenericArguments()[^1], field);
        return type.GetGenericArguments().Length == 2
            ? new JsonObject { ["type"] = "object", ["additionalProperties"] = Wrapped(element) }
            : new JsonObject { ["type"] = "array", ["items"] = Wrapped(element) };
    }

    private static JsonObject Wrapped(JsonObject element) => element.ContainsKey("$ref") ? new JsonObject { ["allOf"] = new JsonArray(element) } : element;

    private static Type Underlying(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private JsonObject Reference(string name)
    {
        _references.Add(name);
        return new JsonObject { ["$ref"] = Prefix + name };
    }

    private static JsonObject Simple(string type, string? format = null)
    {
        var schema = new JsonObject { ["type"] = type };
        if (format is not null) schema["format"] = format;
        return schema;
    }

    private void Describe(JsonObject schema, string member)
    {
        if (documentation.TryGetValue(member, out var text)) schema.Insert(0, "description", text);
    }

    private static void Extend(JsonObject schema, SchemaField field)
    {
        if (field.ListKeys.Count > 0) schema["x-kubernetes-list-map-keys"] = new JsonArray([.. field.ListKeys.Select(k => JsonValue.Create(k))]);
        var kind = field.Type.Kind == SchemaKind.List ? "x-kubernetes-list-type" : "x-kubernetes-map-type";
        if (field.ListType != ListType.None) schema[kind] = field.ListType.ToString().ToLowerInvariant();
        if (field.PatchKey.Length > 0) schema["x-kubernetes-patch-merge-key"] = field.PatchKey;
        if (Strategies(field.Patch) is { Length: > 0 } strategies) schema["x-kubernetes-patch-strategy"] = strategies;
    }

    private static string Strategies(PatchStrategy strategy) =>
        string.Join(',', Enum.GetValues<PatchStrategy>().Where(s => s != PatchStrategy.None && strategy.HasFlag(s)).Select(s => s switch
        {
            PatchStrategy.Merge => "merge",
            PatchStrategy.Replace => "replace",
            _ => "retainKeys",
        }));

    private static JsonObject? KindOf(Type type, string name)
    {
        var kind = type.GetCustomAttribute<KubernetesEntityAttribute>();
        if (kind is null) return name.EndsWith(".DeleteOptions", StringComparison.Ordinal) ? Kind("", "DeleteOptions", "v1") : null;
        return Kind(kind.Group, kind.Kind, kind.ApiVersion);
    }

    private static JsonObject Kind(string group, string kind, string version) => new() { ["group"] = group, ["kind"] = kind, ["version"] = version };

    /// <summary>The definitions that are no classes.</summary>
    private static IEnumerable<(string Name, JsonObject Schema)> Leaves() =>
    [
        (Time, Leaf("string", "date-time", "A moment, as RFC 3339 writes it, to the second.")),
        (MicroTime, Leaf("string", "date-time", "A moment, as RFC 3339 writes it, to the microsecond.")),
        (Quantity, new JsonObject { ["description"] = "An amount with an optional suffix: 500m, 1.5, 2k, 64Mi.", ["oneOf"] = new JsonArray(Simple("string"), Simple("number")) }),
        (IntOrString, new JsonObject { ["description"] = "A number, or a name or percentage as a string.", ["format"] = "int-or-string", ["oneOf"] = new JsonArray(Simple("integer"), Simple("string")) }),
        (RawExtension, new JsonObject { ["description"] = "Any object.", ["type"] = "object" }),
        (FieldsV1, new JsonObject { ["description"] = "A set of fields: each is a key whose value holds the fields below it.", ["type"] = "object" }),
        ("io.k8s.apimachinery.pkg.apis.meta.v1.Patch", new JsonObject { ["description"] = "A patch in the format that the request's Content-Type names.", ["type"] = "object" }),
    ];

    private static JsonObject Leaf(string type, string format, string description) => new() { ["description"] = description, ["type"] = type, ["format"] = format };
}
