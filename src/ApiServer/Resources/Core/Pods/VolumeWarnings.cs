using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Volumes that are on their way out, or do nothing.</summary>
internal static class VolumeWarnings
{
    public static void Collect(V1Volume volume, FieldPath path, List<string> warnings)
    {
        foreach (var (field, _) in VolumeSources.Of(volume))
        {
            if (Deprecated(field) is { } since) warnings.Add($"{path.Child(field)}: deprecated in {since}");
        }
        foreach (var source in volume.Projected?.Sources ?? [])
        {
            if (IsEmpty(source)) warnings.Add($"volume {GoText.Quote(volume.Name ?? "")} (Projected) has no sources provided");
        }
    }

    private static string? Deprecated(string field) => field switch
    {
        "gitRepo" => "v1.11",
        "photonPersistentDisk" => "v1.11, non-functional in v1.16+",
        "scaleIO" => "v1.16, non-functional in v1.22+",
        "flocker" or "quobyte" or "storageos" => "v1.22, non-functional in v1.25+",
        "glusterfs" => "v1.25, non-functional in v1.26+",
        "rbd" or "cephfs" => "v1.28, non-functional in v1.31+",
        _ => null,
    };

    private static bool IsEmpty(V1VolumeProjection source) =>
        source is { Secret: null, ConfigMap: null, DownwardAPI: null, ServiceAccountToken: null, ClusterTrustBundle: null, PodCertificate: null };
}
