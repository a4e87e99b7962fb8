using System.Text.Json.Nodes;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// Writes an OpenAPI v2 document in gnostic's protobuf form (<c>openapi.v2.Document</c>), as far as our documents go. The numbers are the message's fields.
/// </summary>
internal static class GnosticWriter
{
    public static ReadOnlyMemory<byte> Write(JsonObject document)
    {
        var root = new ProtobufWriter();
        root.Text(1, document["swagger"]);
        root.Message(2, info =>
        {
            info.Text(1, document["info"]!["title"]);
            info.Text(2, document["info"]!["version"]);
        });
        root.Message(8, paths => Named(paths, 2, document["paths"]!.AsObject(), PathItem));
        root.Message(9, definitions => Named(definitions, 1, document["definitions"]!.AsObject(), Schema));
        return root.Written;
    }

    /// <summary>A map: one message an entry, its key as field 1 and its value as field 2.</summary>
    private static void Named(ProtobufWriter output, int field, JsonObject entries, Action<ProtobufWriter, JsonObject> write)
    {
        foreach (var (name, value) in entries)
        {
            output.Message(field, entry =>
            {
                entry.Text(1, name);
                entry.Message(2, inner => write(inner, value!.AsObject()));
            });
        }
    }

    private static void PathItem(ProtobufWriter output, JsonObject item)
    {
        foreach (var (method, field) in ((string, int)[])[("get", 2), ("put", 3), ("post", 4), ("delete", 5), ("patch", 8)])
        {
            if (item[method] is JsonObject operation) output.Message(field, o => Operation(o, operation));
        }
        foreach (var parameter in item["parameters"]!.AsArray()) output.Message(9, p => Parameter(p, parameter!.AsObject()));
    }

    private static void Operation(ProtobufWriter output, JsonObject operation)
    {
        foreach (var parameter in operation["parameters"]!.AsArray()) output.Message(8, p => Parameter(p, parameter!.AsObject()));
        output.Message(9, responses => Named(responses, 1, operation["responses"]!.AsObject(), (value, response) => value.Message(1, r => Response(r, response))));
        Extensions(output, 13, operation);
    }

    private static void Response(ProtobufWriter output, JsonObject response)
    {
        output.Text(1, response["description"]);
        if (response["schema"] is JsonObject schema) output.Message(2, item => item.Message(1, s => Schema(s, schema)));
    }

    private static void Parameter(ProtobufWriter output, JsonObject parameter) => output.Message(1, p =>
    {
        if (parameter["schema"] is JsonObject schema)
        {
            p.Message(1, body =>
            {
                body.Text(2, parameter["name"]);
                body.Text(3, parameter["in"]);
                body.Message(5, s => Schema(s, schema));
            });
            return;
        }
        var inPath = (string?)parameter["in"] == "path";
        p.Message(2, other => other.Message(inPath ? 4 : 3, q =>
        {
            if (inPath) q.Bool(1, true);
            q.Text(2, parameter["in"]);
            q.Text(3, parameter["description"]);
            q.Text(4, parameter["name"]);
            q.Text(inPath ? 5 : 6, parameter["type"]);
        }));
    });

    private static void Schema(ProtobufWriter output, JsonObject schema)
    {
        output.Text(1, schema["$ref"]);
        output.Text(2, schema["format"]);
        output.Text(4, schema["description"]);
        foreach (var required in schema["required"]?.AsArray() ?? []) output.Text(19, required);
        if (schema["additionalProperties"] is JsonObject values) output.Message(21, item => item.Message(1, s => Schema(s, values)));
        if (schema["type"] is { } type) output.Message(22, item => item.Text(1, type));
        if (schema["items"] is JsonObject items) output.Message(23, item => item.Message(1, s => Schema(s, items)));
        if (schema["properties"] is JsonObject properties) output.Message(25, p => Named(p, 1, properties, Schema));
        Extensions(output, 31, schema);
    }

    /// <summary>Values of <c>x-...</c> travel as YAML; JSON is YAML.</summary>
    private static void Extensions(ProtobufWriter output, int field, JsonObject owner)
    {
        foreach (var (name, value) in owner)
        {
            if (!name.StartsWith("x-", StringComparison.Ordinal)) continue;
            output.Message(field, entry =>
            {
                entry.Text(1, name);
                entry.Message(2, any => any.Text(2, value!.ToJsonString()));
            });
        }
    }
}
