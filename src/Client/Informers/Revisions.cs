using System.Globalization;
using k8s.Models;

namespace Coxswain.Client;

/// <summary>resourceVersions as numbers: they grow with every write, and can be compared within one resource.</summary>
public static class Revisions
{
    /// <summary>0 when there is none.</summary>
    public static long Of(IMetadata<V1ObjectMeta> value) => Parse(value.Metadata?.ResourceVersion);

    public static long Parse(string? resourceVersion) => long.TryParse(resourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : 0;
}
