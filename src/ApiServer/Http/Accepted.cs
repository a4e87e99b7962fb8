using System.Collections.Concurrent;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;

namespace Coxswain.ApiServer.Http;

internal enum AnswerShape { Object, Table, PartialMetadata, PartialMetadataList, Discovery }

/// <summary>What a client's Accept header lets us send.</summary>
/// <param name="ContentType">Of the answer.</param>
/// <param name="Version">Of the kind that <c>as=</c> names: <c>v1</c>, <c>v2</c>, <c>v2beta1</c>.</param>
internal sealed record Accepted(AnswerShape Shape, string ContentType, string Version = "")
{
    private const string Media = "application/json, application/yaml";
    private const string StreamMedia = "application/json;stream=watch";
    private const int CacheLimit = 256;
    private static readonly Accepted Json = new(AnswerShape.Object, "application/json");
    /// <summary>Clients send a handful of different headers, over and over.</summary>
    private static readonly ConcurrentDictionary<(string Header, bool Discovery), Accepted?> Cache = new();

    /// <summary>The entry that the client likes best of those that we can serve, as upstream takes it.</summary>
    /// <exception cref="StatusException">406: none of them.</exception>
    public static Accepted Of(string? header) => Find(header, discovery: false) ?? throw ApiErrors.NotAcceptable(Media);

    /// <summary>As <see cref="Of"/>, but plain JSON when nothing fits: for answers that must get through, such as errors.</summary>
    public static Accepted OrJson(string? header) => Find(header, discovery: false) ?? Json;

    /// <summary>As <see cref="OrJson"/>, where the groups and their resources can be had in one document.</summary>
    public static Accepted OfDiscovery(string? header) => Find(header, discovery: true) ?? Json;

    /// <summary>This, when it is a shape that one object can have.</summary>
    /// <exception cref="StatusException">406.</exception>
    public Accepted DemandObject(ResourceEndpoint endpoint, string subresource) => Shape != AnswerShape.PartialMetadataList
        ? this
        : throw ApiErrors.NotAcceptableShape($"you requested PartialObjectMetadataList, but the requested object is not a list (*{StrictDecoder.InternalName(Subresources.KindOf(endpoint, subresource))})");

    /// <summary>This, when it is a shape that a list can have.</summary>
    /// <exception cref="StatusException">406.</exception>
    public Accepted DemandList(ResourceEndpoint endpoint) => Shape != AnswerShape.PartialMetadata
        ? this
        : throw ApiErrors.NotAcceptableShape($"you requested PartialObjectMetadata, but the requested object is a list (*{StrictDecoder.InternalName(endpoint.ServedType.GroupVersionKind)}List)");

    /// <summary>This, when events can be sent in it one by one.</summary>
    /// <exception cref="StatusException">406.</exception>
    public Accepted DemandStream() => ContentType == "application/json" ? this : throw ApiErrors.NotAcceptable(StreamMedia);

    private static Accepted? Find(string? header, bool discovery)
    {
        if (string.IsNullOrEmpty(header) || header is "application/json" or "*/*") return Json;
        if (Cache.TryGetValue((header, discovery), out var accepted)) return accepted;
        accepted = Parse(header, discovery);
        if (Cache.Count < CacheLimit) Cache.TryAdd((header, discovery), accepted);
        return accepted;
    }

    private static Accepted? Parse(string header, bool discovery)
    {
        foreach (var clause in AcceptClause.InOrder(header))
        {
            if (Serve(clause) is { } accepted && (discovery || accepted.Shape != AnswerShape.Discovery)) return accepted;
        }
        return null;
    }

    private static Accepted? Serve(AcceptClause clause)
    {
        var (kind, group, version) = (clause["as"], clause["g"], clause["v"]);
        var contentType = clause.MediaType switch
        {
            "application/json" or "application/*" or "*/*" => "application/json",
            "application/yaml" => "application/yaml", // JSON is YAML
            _ => null,
        };
        if (contentType is null) return null;
        return (kind, group, version) switch
        {
            ("", _, _) => contentType == "application/json" ? Json : new Accepted(AnswerShape.Object, contentType),
            ("Table", "meta.k8s.io", "v1" or "v1beta1") => new Accepted(AnswerShape.Table, contentType, version),
            ("PartialObjectMetadata", "meta.k8s.io", "v1" or "v1beta1") => new Accepted(AnswerShape.PartialMetadata, contentType, version),
            ("PartialObjectMetadataList", "meta.k8s.io", "v1" or "v1beta1") => new Accepted(AnswerShape.PartialMetadataList, contentType, version),
            ("APIGroupDiscoveryList", "apidiscovery.k8s.io", "v2" or "v2beta1") =>
                new Accepted(AnswerShape.Discovery, $"{contentType};g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList", version),
            _ => null,
        };
    }
}
