using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coxswain.ApiServer.Pipeline;

namespace Coxswain.ApiServer.Http;

/// <summary>Writes the one OpenAPI v2 document that clients before v3 ask for, as JSON or as the protobuf that kubectl prefers.</summary>
internal static class OpenApiV2
{
    private const string V3Prefix = "#/components/schemas/";
    private const string V2Prefix = "#/definitions/";

    public static ReadOnlyMemory<byte> WriteJson(IEnumerable<ResourceEndpoint> endpoints)
    {
        var buffer = new ArrayBufferWriter<byte>(1024 * 1024);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        Document(endpoints).WriteTo(json);
        json.Flush();
        return buffer.WrittenMemory;
    }

    public static ReadOnlyMemory<byte> WriteProtobuf(IEnumerable<ResourceEndpoint> endpoints) => GnosticWriter.Write(Document(endpoints));

    private static JsonObject Document(IEnumerable<ResourceEndpoint> endpoints)
    {
        var schemas = new SchemaSet();
        var operations = endpoints.SelectMany(e => OpenApiOperation.Of(e, schemas)).ToList();
        var paths = new JsonObject();
        foreach (var path in operations.GroupBy(o => o.Path).OrderBy(p => p.Key, StringComparer.Ordinal)) paths[path.Key] = PathItem(path);
        var definitions = new JsonObject();
        foreach (var (name, schema) in schemas.Wanted) definitions[name] = Flat(JsonNode.Parse(schema)!.AsObject());
        return new JsonObject
        {
            ["swagger"] = "2.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = VersionDocument.GitVersion },
            ["paths"] = paths,
            ["definitions"] = definitions,
        };
    }

    private static JsonObject PathItem(IGrouping<string, OpenApiOperation> path)
    {
        var item = new JsonObject();
        foreach (var operation in path) item[operation.Method] = Operation(operation);
        var parameters = new JsonArray();
        foreach (var name in (string[])["name", "namespace"])
        {
            if (path.Key.Contains($"{{{name}}}", StringComparison.Ordinal)) Add(parameters, new JsonObject { ["name"] = name, ["in"] = "path", ["required"] = true, ["type"] = "string" });
        }
        item["parameters"] = parameters;
        return item;
    }

    private static JsonObject Operation(OpenApiOperation operation)
    {
        var parameters = new JsonArray();
        if (operation.Body is { } body) Add(parameters, new JsonObject { ["name"] = "body", ["in"] = "body", ["schema"] = Reference(body) });
        foreach (var parameter in operation.Parameters)
        {
            Add(parameters, new JsonObject { ["name"] = parameter.Name, ["in"] = "query", ["type"] = parameter.Type, ["description"] = parameter.Description });
        }
        var ok = new JsonObject { ["description"] = "OK" };
        if (operation.Answer is { } answer) ok["schema"] = Reference(answer);
        return new JsonObject
        {
            ["parameters"] = parameters,
            ["responses"] = new JsonObject { ["200"] = ok },
            ["x-kubernetes-action"] = operation.Action,
            ["x-kubernetes-group-version-kind"] = new JsonObject { ["group"] = operation.Kind.Group, ["kind"] = operation.Kind.Kind, ["version"] = operation.Kind.Version },
        };
    }

    // JsonArray.Add<T> is not for Native AOT; the node's own Add is.
    private static void Add(JsonArray array, JsonNode node) => array.Add(node);

    private static JsonObject Reference(string definition) => new() { ["$ref"] = V2Prefix + definition };

    /// <summary>v2 has no oneOf, and lets a reference have siblings: what v3 wraps in allOf stands flat.</summary>
    private static JsonObject Flat(JsonObject schema)
    {
        var flat = new JsonObject();
        foreach (var (key, value) in schema)
        {
            switch (key)
            {
                case "allOf": flat["$ref"] = Renamed(value![0]!["$ref"]!.GetValue<string>()); break;
                case "$ref": flat["$ref"] = Renamed(value!.GetValue<string>()); break;
                case "oneOf": flat["type"] = "string"; break;
                case "items" or "additionalProperties" when value is JsonObject inner: flat[key] = Flat(inner); break;
                case "properties": flat[key] = FlatProperties(value!.AsObject()); break;
                default: flat[key] = value?.DeepClone(); break;
            }
        }
        return flat;
    }

    private static JsonObject FlatProperties(JsonObject properties)
    {
        var flat = new JsonObject();
        foreach (var (name, schema) in properties) flat[name] = Flat(schema!.AsObject());
        return flat;
    }

    private static string Renamed(string reference) => reference.Replace(V3Prefix, V2Prefix, StringComparison.Ordinal);
}
