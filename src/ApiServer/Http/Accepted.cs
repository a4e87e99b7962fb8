using System.Collections.Concurrent;
using Coxswain.Api;

namespace Coxswain.ApiServer.Http;

internal enum AnswerShape { Object, Table, PartialMetadata, PartialMetadataList, Discovery }

/// <summary>What a client's Accept header lets us send.</summary>
/// <param name="ContentType">Of the answer.</param>
/// <param name="Version">Of the kind that <c>as=</c> names: <c>v1</c>, <c>v2</c>, <c>v2beta1</c>.</param>
internal sealed record Accepted(AnswerShape Shape, string ContentType, string Version = "")
{
    private const string Media = "application/json, application/yaml";
    private const int CacheLimit = 256;
    private static readonly Accepted Json = new(AnswerShape.Object, "application/json");
    /// <summary>Clients send a handful of different headers, over and over.</summary>
    private static readonly ConcurrentDictionary<string, Accepted?> Cache = new(StringComparer.Ordinal);

    /// <summary>The first entry that we can serve, as upstream takes it (weights are not looked at).</summary>
    /// <exception cref="StatusException">406: none of them.</exception>
    public static Accepted Of(string? header)
    {
        if (string.IsNullOrEmpty(header) || header is "application/json" or "*/*") return Json;
        if (!Cache.TryGetValue(header, out var accepted))
        {
            accepted = Parse(header);
            if (Cache.Count < CacheLimit) Cache.TryAdd(header, accepted);
        }
        return accepted ?? throw ApiErrors.NotAcceptable(Media);
    }

    /// <summary>As <see cref="Of"/>, but plain JSON when nothing fits: for answers that must get through, such as errors.</summary>
    public static Accepted OrJson(string? header)
    {
        try
        {
            return Of(header);
        }
        catch (StatusException)
        {
            return Json;
        }
    }

    /// <summary>This, when it is a shape that one object can have.</summary>
    /// <exception cref="StatusException">406.</exception>
    public Accepted DemandObject() => Shape is AnswerShape.PartialMetadataList or AnswerShape.Discovery ? throw ApiErrors.NotAcceptable(Media) : this;

    /// <summary>This, when it is a shape that a list can have.</summary>
    /// <exception cref="StatusException">406.</exception>
    public Accepted DemandList() => Shape is AnswerShape.PartialMetadata or AnswerShape.Discovery ? throw ApiErrors.NotAcceptable(Media) : this;

    private static Accepted? Parse(string header)
    {
        foreach (var entry in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (ParseEntry(entry) is { } accepted) return accepted;
        }
        return null;
    }

    private static Accepted? ParseEntry(string entry)
    {
        var parts = entry.Split(';', StringSplitOptions.TrimEntries);
        string kind = "", group = "", version = "";
        foreach (var parameter in parts.AsSpan(1))
        {
            if (parameter.StartsWith("as=", StringComparison.Ordinal)) kind = parameter[3..];
            else if (parameter.StartsWith("g=", StringComparison.Ordinal)) group = parameter[2..];
            else if (parameter.StartsWith("v=", StringComparison.Ordinal)) version = parameter[2..];
        }
        var contentType = parts[0] switch
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
