using System.Buffers;
using System.Text.Json;
using Coxswain.ApiServer.Pipeline;

namespace Coxswain.ApiServer.Http;

/// <summary>What is served, told in the three ways clients ask: lists of groups, lists of a version's resources, and everything at once. Built once.</summary>
internal sealed class DiscoveryDocuments
{
    /// <summary>Upstream's order of groups; unknown ones follow by name.</summary>
    private static readonly string[] GroupOrder =
    [
        "", "apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io",
        "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io", "admissionregistration.k8s.io", "apiextensions.k8s.io",
        "scheduling.k8s.io", "coordination.k8s.io", "node.k8s.io", "discovery.k8s.io", "resource.k8s.io", "flowcontrol.apiserver.k8s.io",
    ];

    private readonly Dictionary<(string Path, string Version), ReadOnlyMemory<byte>> _aggregated = [];

    public DiscoveryDocuments(IEnumerable<ResourceEndpoint> endpoints)
    {
        var groups = endpoints.GroupBy(e => e.ServedType.Group).OrderBy(g => Rank(g.Key)).ThenBy(g => g.Key, StringComparer.Ordinal).Select(DiscoveredGroup.Of).ToList();
        var named = groups.Where(g => g.Name.Length > 0).ToList();
        Documents.Add("/apis", Json(json => WriteGroupList(json, named)));
        foreach (var group in groups) Add(group);
        // kubectl looks here for a kind that it knows nothing of. There are none; without an answer it would complain of that, and not of the unknown kind.
        Documents.Add("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", Json(WriteNoCustomResources));
        foreach (var version in (string[])["v2", "v2beta1"])
        {
            _aggregated.Add(("/api", version), Json(json => AggregatedDiscovery.Write(json, groups.Where(g => g.Name.Length == 0), version)));
            _aggregated.Add(("/apis", version), Json(json => AggregatedDiscovery.Write(json, named, version)));
        }
    }

    /// <summary>By path, without a trailing slash.</summary>
    public Dictionary<string, ReadOnlyMemory<byte>> Documents { get; } = new(StringComparer.Ordinal);

    /// <param name="version"><c>v2</c> or <c>v2beta1</c>.</param>
    public ReadOnlyMemory<byte>? Aggregated(string path, string version) => _aggregated.TryGetValue((path, version), out var document) ? document : null;

    private void Add(DiscoveredGroup group)
    {
        if (group.Name.Length == 0) Documents.Add("/api", Json(json => WriteCoreVersions(json, group)));
        else Documents.Add($"/apis/{group.Name}", Json(json => WriteGroup(json, group, alone: true)));
        foreach (var version in group.Versions)
        {
            var path = group.Name.Length == 0 ? $"/api/{version.Version}" : $"/apis/{group.Name}/{version.Version}";
            Documents.Add(path, Json(json => WriteResources(json, version)));
        }
    }

    private static void WriteNoCustomResources(Utf8JsonWriter json)
    {
        json.WriteString("kind", "CustomResourceDefinitionList");
        json.WriteString("apiVersion", "apiextensions.k8s.io/v1");
        json.WriteStartObject("metadata");
        json.WriteString("resourceVersion", "1");
        json.WriteEndObject();
        json.WriteStartArray("items");
        json.WriteEndArray();
    }

    private static int Rank(string group) => Array.IndexOf(GroupOrder, group) is >= 0 and var at ? at : GroupOrder.Length;

    private static void WriteCoreVersions(Utf8JsonWriter json, DiscoveredGroup group)
    {
        json.WriteString("kind", "APIVersions");
        json.WriteStartArray("versions");
        foreach (var version in group.Versions) json.WriteStringValue(version.Version);
        json.WriteEndArray();
        json.WriteStartArray("serverAddressByClientCIDRs");
        json.WriteEndArray();
    }

    private static void WriteGroupList(Utf8JsonWriter json, List<DiscoveredGroup> groups)
    {
        json.WriteString("kind", "APIGroupList");
        json.WriteString("apiVersion", "v1");
        json.WriteStartArray("groups");
        foreach (var group in groups)
        {
            json.WriteStartObject();
            WriteGroup(json, group, alone: false);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteGroup(Utf8JsonWriter json, DiscoveredGroup group, bool alone)
    {
        if (alone)
        {
            json.WriteString("kind", "APIGroup");
            json.WriteString("apiVersion", "v1");
        }
        json.WriteString("name", group.Name);
        json.WriteStartArray("versions");
        foreach (var version in group.Versions)
        {
            json.WriteStartObject();
            WriteGroupVersion(json, version);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("preferredVersion");
        WriteGroupVersion(json, group.Versions[0]);
        json.WriteEndObject();
    }

    private static void WriteGroupVersion(Utf8JsonWriter json, DiscoveredVersion version)
    {
        json.WriteString("groupVersion", version.GroupVersion);
        json.WriteString("version", version.Version);
    }

    private static void WriteResources(Utf8JsonWriter json, DiscoveredVersion version)
    {
        json.WriteString("kind", "APIResourceList");
        if (version.GroupVersion.Contains('/', StringComparison.Ordinal)) json.WriteString("apiVersion", "v1");
        json.WriteString("groupVersion", version.GroupVersion);
        json.WriteStartArray("resources");
        foreach (var endpoint in version.Endpoints) WriteResource(json, endpoint);
        json.WriteEndArray();
    }

    private static void WriteResource(Utf8JsonWriter json, ResourceEndpoint endpoint)
    {
        var type = endpoint.ServedType;
        json.WriteStartObject();
        json.WriteString("name", type.Resource);
        json.WriteString("singularName", type.Singular);
        json.WriteBoolean("namespaced", type.Namespaced);
        json.WriteString("kind", type.Kind);
        WriteStrings(json, "verbs", endpoint.Definition.Verbs);
        if (type.ShortNames.Count > 0) WriteStrings(json, "shortNames", type.ShortNames);
        if (type.Categories.Count > 0) WriteStrings(json, "categories", type.Categories);
        json.WriteEndObject();
        foreach (var sub in Subresources.Of(endpoint))
        {
            json.WriteStartObject();
            json.WriteString("name", $"{type.Resource}/{sub.Name}");
            json.WriteString("singularName", "");
            json.WriteBoolean("namespaced", type.Namespaced);
            if (sub.Kind.ApiVersion != type.ApiVersion)
            {
                json.WriteString("group", sub.Kind.Group);
                json.WriteString("version", sub.Kind.Version);
            }
            json.WriteString("kind", sub.Kind.Kind);
            WriteStrings(json, "verbs", sub.Verbs);
            json.WriteEndObject();
        }
    }

    internal static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
