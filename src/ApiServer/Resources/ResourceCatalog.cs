using Coxswain.ApiServer.Resources.Core;

namespace Coxswain.ApiServer.Resources;

/// <summary>Every kind that is served, one line each.</summary>
public static class ResourceCatalog
{
    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        new ConfigMap(),
    ];
}
