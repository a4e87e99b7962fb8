using System.Text.Json;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;

namespace Coxswain.ApiServer.Http;

/// <summary>Writes <c>APIGroupDiscoveryList</c>: groups, versions, resources and subresources in one document.</summary>
internal static class AggregatedDiscovery
{
    public static void Write(Utf8JsonWriter json, IEnumerable<DiscoveredGroup> groups, string version)
    {
        json.WriteString("kind", "APIGroupDiscoveryList");
        json.WriteString("apiVersion", $"apidiscovery.k8s.io/{version}");
        json.WriteStartObject("metadata");
        json.WriteEndObject();
        json.WriteStartArray("items");
        foreach (var group in groups) WriteGroup(json, group);
        json.WriteEndArray();
    }

    private static void WriteGroup(Utf8JsonWriter json, DiscoveredGroup group)
    {
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        if (group.Name.Length > 0) json.WriteString("name", group.Name);
        json.WriteNull("creationTimestamp");
        json.WriteEndObject();
        json.WriteStartArray("versions");
        foreach (var version in group.Versions)
        {
            json.WriteStartObject();
            json.WriteString("version", version.Version);
            json.WriteStartArray("resources");
            foreach (var endpoint in version.Endpoints) WriteResource(json, endpoint);
            json.WriteEndArray();
            json.WriteString("freshness", "Current");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteResource(Utf8JsonWriter json, ResourceEndpoint endpoint)
    {
        var type = endpoint.ServedType;
        json.WriteStartObject();
        json.WriteString("resource", type.Resource);
        WriteKind(json, type.GroupVersionKind);
        json.WriteString("scope", type.Namespaced ? "Namespaced" : "Cluster");
        json.WriteString("singularResource", type.Singular);
        DiscoveryDocuments.WriteStrings(json, "verbs", endpoint.Definition.Verbs);
        if (type.ShortNames.Count > 0) DiscoveryDocuments.WriteStrings(json, "shortNames", type.ShortNames);
        if (type.Categories.Count > 0) DiscoveryDocuments.WriteStrings(json, "categories", type.Categories);
        WriteSubresources(json, endpoint);
        json.WriteEndObject();
    }

    private static void WriteSubresources(Utf8JsonWriter json, ResourceEndpoint endpoint)
    {
        var subresources = Subresources.Of(endpoint);
        if (subresources.Count == 0) return;
        json.WriteStartArray("subresources");
        foreach (var sub in subresources)
        {
            json.WriteStartObject();
            json.WriteString("subresource", sub.Name);
            WriteKind(json, sub.Kind);
            DiscoveryDocuments.WriteStrings(json, "verbs", sub.Verbs);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteKind(Utf8JsonWriter json, GroupVersionKind kind)
    {
        json.WriteStartObject("responseKind");
        json.WriteString("group", kind.Group);
        json.WriteString("version", kind.Version);
        json.WriteString("kind", kind.Kind);
        json.WriteEndObject();
    }
}
