using Coxswain.ApiServer.Pipeline;

namespace Coxswain.ApiServer.Http;

/// <summary>One API group; its versions best first.</summary>
internal sealed record DiscoveredGroup(string Name, IReadOnlyList<DiscoveredVersion> Versions)
{
    public static DiscoveredGroup Of(IGrouping<string, ResourceEndpoint> group)
    {
        var versions = group.GroupBy(e => e.ServedType.Version)
            .OrderByDescending(v => VersionRank.Of(v.Key))
            .Select(v => new DiscoveredVersion(v.First().ServedType.ApiVersion, v.Key, [.. v.OrderBy(e => e.ServedType.Resource, StringComparer.Ordinal)]));
        return new DiscoveredGroup(group.Key, [.. versions]);
    }
}

internal sealed record DiscoveredVersion(string GroupVersion, string Version, IReadOnlyList<ResourceEndpoint> Endpoints);
