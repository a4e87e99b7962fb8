using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Coxswain.ApiServer.Pipeline;

namespace Coxswain.ApiServer.Http;

/// <summary>Writes one group version's OpenAPI v3 document.</summary>
internal static class OpenApiV3
{
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<ResourceEndpoint> endpoints)
    {
        var schemas = new SchemaSet();
        var operations = endpoints.SelectMany(e => OpenApiOperation.Of(e, schemas)).ToList();
        var buffer = new ArrayBufferWriter<byte>(256 * 1024);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("openapi", "3.0.0");
        json.WriteStartObject("info");
        json.WriteString("title", "Kubernetes");
        json.WriteString("version", VersionDocument.GitVersion);
        json.WriteEndObject();
        WritePaths(json, operations);
        json.WriteStartObject("components");
        json.WriteStartObject("schemas");
        foreach (var (name, schema) in schemas.Wanted)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(schema, skipInputValidation: true);
        }
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WritePaths(Utf8JsonWriter json, List<OpenApiOperation> operations)
    {
        json.WriteStartObject("paths");
        foreach (var path in operations.GroupBy(o => o.Path).OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(path.Key);
            foreach (var operation in path) WriteOperation(json, operation);
            WritePathParameters(json, path.Key);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteOperation(Utf8JsonWriter json, OpenApiOperation operation)
    {
        json.WriteStartObject(operation.Method);
        json.WriteStartArray("parameters");
        foreach (var parameter in operation.Parameters) WriteParameter(json, parameter.Name, "query", parameter.Type, parameter.Description);
        json.WriteEndArray();
        if (operation.Body is { } body)
        {
            json.WriteStartObject("requestBody");
            WriteContent(json, body);
            json.WriteEndObject();
        }
        json.WriteStartObject("responses");
        json.WriteStartObject("200");
        json.WriteString("description", "OK");
        if (operation.Answer is { } answer) WriteContent(json, answer);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteString("x-kubernetes-action", operation.Action);
        json.WriteStartObject("x-kubernetes-group-version-kind");
        json.WriteString("group", operation.Kind.Group);
        json.WriteString("kind", operation.Kind.Kind);
        json.WriteString("version", operation.Kind.Version);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, string definition)
    {
        json.WriteStartObject("content");
        json.WriteStartObject("application/json");
        json.WriteStartObject("schema");
        json.WriteString("$ref", $"#/components/schemas/{definition}");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WritePathParameters(Utf8JsonWriter json, string path)
    {
        json.WriteStartArray("parameters");
        foreach (var name in (string[])["name", "namespace"])
        {
            if (path.Contains($"{{{name}}}", StringComparison.Ordinal)) WriteParameter(json, name, "path", "string", $"The object's {name}.");
        }
        json.WriteEndArray();
    }

    private static void WriteParameter(Utf8JsonWriter json, string name, string place, string type, string description)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("in", place);
        json.WriteString("description", description);
        if (place == "path") json.WriteBoolean("required", true);
        json.WriteStartObject("schema");
        json.WriteString("type", type);
        json.WriteBoolean("uniqueItems", true);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
