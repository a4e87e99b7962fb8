using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.Node.Pods;
using k8s.Models;

namespace Coxswain.Node.StaticPods;

/// <summary>Reads static Pods from a manifest and gives them their identity on this node.</summary>
/// <param name="node">The node's name.</param>
/// <param name="source"><c>file</c> or <c>http</c>.</param>
/// <param name="review">What the API server would say of the Pod; null: it says so itself, once it is asked for the mirror.</param>
internal sealed class PodManifest(string node, string source, TimeProvider time, Func<V1Pod, IReadOnlyList<FieldError>>? review = null)
{
    public const int MaxLength = 10 * 1024 * 1024;

    /// <param name="origin">The file or URL: two of the same content are two Pods.</param>
    /// <exception cref="ManifestException">It is no good, or asks for what static Pods cannot have.</exception>
    public IReadOnlyList<StaticPod> Read(string text, string origin)
    {
        if (text.Length > MaxLength) throw new ManifestException($"it is longer than {MaxLength} characters");
        var documents = Documents(text);
        if (documents.Count == 0) throw new ManifestException("it is empty");
        try
        {
            return [.. documents.SelectMany(document => Items(document, origin)).Select(item => new StaticPod(Review(Identify(Decode(item.Pod, item.Place), origin), item.Place), item.Place))];
        }
        catch (Exception e) when (e is not ManifestException) // boundary: a file can hold anything, and must not take the other Pods with it
        {
            throw new ManifestException(e.Message);
        }
    }

    private static List<YamlDocument> Documents(string text)
    {
        try
        {
            return [.. YamlToJson.ReadAll(text)];
        }
        catch (YamlFormatException e)
        {
            throw new ManifestException(e.Message);
        }
    }

    private static IEnumerable<(JsonObject Pod, ManifestPlace Place)> Items(YamlDocument document, string origin)
    {
        if (document.FirstDuplicate() is var (key, line)) throw new ManifestException($"key \"{key}\" already set in map", line);
        if (JsonNode.Parse(document.Json) is not JsonObject root) throw new ManifestException("it is not an object", document.LineOf("$"));
        var (version, kind) = (Word(root["apiVersion"]), Word(root["kind"]));
        if (version != "v1" || kind is not ("Pod" or "PodList" or "List")) throw new ManifestException($"it is of apiVersion \"{version}\", kind \"{kind}\", but a static Pod is of v1, Pod", document.LineOf("$.kind"));
        if (kind == "Pod") return [(root, new ManifestPlace(origin, document, "$"))];
        if (root["items"] is not JsonArray items) throw new ManifestException("items: it is not a list", document.LineOf("$.items"));
        return items.Select((item, i) =>
        {
            var place = new ManifestPlace(origin, document, $"$.items[{i}]");
            return (item as JsonObject ?? throw place.Refuse("an item is not an object", null), place);
        });
    }

    private static string? Word(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : node?.ToJsonString();

    /// <summary>Where a list has nothing for an entry; none may.</summary>
    private static string? Gap(JsonNode? node, string path) => node switch
    {
        JsonArray list => list.Select((item, i) => item is null ? $"{path}[{i}]" : Gap(item, $"{path}[{i}]")).FirstOrDefault(gap => gap is not null),
        JsonObject map => map.Select(member => Gap(member.Value, path.Length == 0 ? member.Key : $"{path}.{member.Key}")).FirstOrDefault(gap => gap is not null),
        _ => null,
    };

    private static V1Pod Decode(JsonObject json, ManifestPlace place)
    {
        if (Gap(json, "") is { } gap) throw place.Refuse($"{gap}: Required value", gap);
        V1Pod pod;
        try
        {
            pod = Kinds.Pods.Decode(Encoding.UTF8.GetBytes(json.ToJsonString()));
        }
        catch (JsonException e)
        {
            var field = (e.Path ?? "$").TrimStart('$').TrimStart('.');
            throw place.Refuse($"{field}: {e.InnerException?.Message ?? e.Message.Split(" Path:")[0]}", field);
        }
        if (StaticPodRules.Check(pod) is var (where, why)) throw place.Refuse($"{where}: {why}", where);
        return pod;
    }

    /// <summary>All that is wrong is told at once, as the API server does; the line is the first fault's.</summary>
    private V1Pod Review(V1Pod pod, ManifestPlace place)
    {
        var faults = review?.Invoke(pod) ?? [];
        return faults switch
        {
            [] => pod,
            [var fault] => throw place.Refuse(fault.ToString(), fault.Field),
            [var first, ..] => throw place.Refuse($"[{string.Join(", ", faults)}]", first.Field),
        };
    }

    private V1Pod Identify(V1Pod pod, string origin)
    {
        pod.ApiVersion = "v1";
        pod.Kind = "Pod";
        pod.Metadata.NamespaceProperty = pod.Metadata.NamespaceProperty is { Length: > 0 } ns ? ns : "default";
        pod.Metadata.Name = $"{pod.Metadata.Name}-{node}";
        pod.Metadata.OwnerReferences = null;
        pod.Spec.NodeName = node;
        pod.Status = null;
        StaticPodDefaults.Apply(pod);
        pod.Metadata.Uid = null;
        var hash = Hash(pod, origin);
        pod.Metadata.Uid = hash;
        pod.Metadata.Annotations = new Dictionary<string, string>(pod.Metadata.Annotations ?? new Dictionary<string, string>())
        {
            [PodLabels.ConfigHash] = hash,
            [PodLabels.ConfigSource] = source,
            [PodLabels.ConfigSeen] = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffff00Z", null),
        };
        return pod;
    }

    private string Hash(V1Pod pod, string origin) =>
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes($"{node}\n{source}\n{origin}\n"), .. Kinds.Pods.Encode(pod)]))[..32];
}
