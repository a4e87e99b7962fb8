using System.Text.Json.Nodes;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Shows where two specs differ, for people: one line a field.</summary>
internal static class SpecDifference
{
    private const int MaximumLines = 20;

    public static string Of(V1PodSpec now, V1PodSpec before)
    {
        var lines = new List<string>();
        Compare(Tree(now), Tree(before), "spec", lines);
        return string.Join('\n', lines.Take(MaximumLines));
    }

    private static JsonNode? Tree(V1PodSpec spec) => JsonNode.Parse(KubeJson.Serialize(spec));

    private static void Compare(JsonNode? now, JsonNode? before, string path, List<string> lines)
    {
        if (JsonNode.DeepEquals(now, before)) return;
        if (now is JsonObject a && before is JsonObject b)
        {
            foreach (var key in a.Select(p => p.Key).Union(b.Select(p => p.Key)).Order(StringComparer.Ordinal)) Compare(a[key], b[key], $"{path}.{key}", lines);
        }
        else if (now is JsonArray c && before is JsonArray d && c.Count == d.Count)
        {
            for (var i = 0; i < c.Count; i++) Compare(c[i], d[i], $"{path}[{i}]", lines);
        }
        else
        {
            if (before is not null) lines.Add($"- {path}: {Show(before)}");
            if (now is not null) lines.Add($"+ {path}: {Show(now)}");
        }
    }

    private static string Show(JsonNode node) => node.ToJsonString();
}
