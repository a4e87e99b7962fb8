using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Shows where two specs differ, as upstream does: a unified diff of its internal form, indented.</summary>
internal static class SpecDifference
{
    public static string Of(V1PodSpec before, V1PodSpec now) => UnifiedDiff.Of(Show(before), Show(now));

    private static string Show(V1PodSpec spec)
    {
        var wire = JsonNode.Parse(KubeJson.Serialize(spec))!.AsObject();
        // What concerns the host's namespaces is part of the security context there, which every Pod has.
        var security = wire["securityContext"] as JsonObject;
        if (security is null) wire["securityContext"] = security = [];
        foreach (var name in (string[])["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers"])
        {
            if (wire[name] is { } value) security[name] = value.DeepClone();
        }
        var text = new StringBuilder();
        Struct(text, wire, InternalShape.Root, 0);
        return text.ToString();
    }

    private static void Struct(StringBuilder text, JsonObject? wire, string type, int depth)
    {
        text.Append("{\n");
        var fields = InternalShape.FieldsOf(type);
        for (var i = 0; i < fields.Count; i++)
        {
            var field = fields[i];
            Indent(text, depth + 1).Append('"').Append(field.Name).Append("\": ");
            var value = wire?[field.Wire];
            if (value is not null || field.Empty is null) Value(text, value, field.Type, depth + 1);
            else text.Append(field.Empty);
            text.Append(i < fields.Count - 1 ? ",\n" : "\n");
        }
        Indent(text, depth).Append('}');
    }

    private static void Value(StringBuilder text, JsonNode? value, string? type, int depth)
    {
        switch (value)
        {
            case JsonArray array:
                Items(text, [.. array.Select(item => ("", item))], type, '[', ']', depth);
                break;
            case JsonObject or null when type is not null:
                Struct(text, value as JsonObject, type, depth);
                break;
            case JsonObject map:
                Items(text, [.. map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => ($"{GoJson.Text(p.Key)}: ", p.Value))], null, '{', '}', depth);
                break;
            case null:
                text.Append("null");
                break;
            default:
                text.Append(value.GetValueKind() == JsonValueKind.String ? GoJson.Text(value.GetValue<string>()).ToString() : value.ToJsonString());
                break;
        }
    }

    private static void Items(StringBuilder text, List<(string Head, JsonNode? Value)> items, string? type, char open, char close, int depth)
    {
        text.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            Indent(text.Append(i == 0 ? "\n" : ",\n"), depth + 1).Append(items[i].Head);
            Value(text, items[i].Value, type, depth + 1);
        }
        if (items.Count > 0) Indent(text.Append('\n'), depth);
        text.Append(close);
    }

    private static StringBuilder Indent(StringBuilder text, int depth) => text.Append(' ', 2 * depth);
}
