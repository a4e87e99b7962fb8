using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Which other objects of its namespace a Pod refers to, by name; a name may be null or stand more than once.</summary>
internal static class PodReferences
{
    /// <summary>In environments and volumes; each Pod's token volume brings the CA bundle along.</summary>
    public static IEnumerable<string?> ConfigMaps(V1PodSpec spec)
    {
        foreach (var (variables, from) in Environments(spec))
        {
            foreach (var source in from) if (source.ConfigMapRef is { } all) yield return all.Name;
            foreach (var variable in variables) if (variable.ValueFrom?.ConfigMapKeyRef is { } one) yield return one.Name;
        }
        foreach (var volume in Volumes(spec)) if (volume.ConfigMap is { } map) yield return map.Name;
        foreach (var source in Projections(spec)) if (source.ConfigMap is { } map) yield return map.Name;
    }

    /// <summary>For pulling images, in environments and volumes; not those that a storage driver asks for.</summary>
    public static IEnumerable<string?> Secrets(V1PodSpec spec)
    {
        foreach (var secret in spec.ImagePullSecrets ?? []) yield return secret.Name;
        foreach (var (variables, from) in Environments(spec))
        {
            foreach (var source in from) if (source.SecretRef is { } all) yield return all.Name;
            foreach (var variable in variables) if (variable.ValueFrom?.SecretKeyRef is { } one) yield return one.Name;
        }
        foreach (var volume in Volumes(spec)) if (volume.Secret is { } secret) yield return secret.SecretName;
        foreach (var source in Projections(spec)) if (source.Secret is { } secret) yield return secret.Name;
    }

    public static bool HasStorageSecrets(V1PodSpec spec) => Volumes(spec).Any(v =>
        v.AzureFile is not null || v.Cephfs?.SecretRef is not null || v.Cinder?.SecretRef is not null || v.FlexVolume?.SecretRef is not null || v.Rbd?.SecretRef is not null
        || v.ScaleIO?.SecretRef is not null || v.Iscsi?.SecretRef is not null || v.Storageos?.SecretRef is not null || v.Csi?.NodePublishSecretRef is not null);

    public static bool HasTokens(V1PodSpec spec) => Projections(spec).Any(source => source.ServiceAccountToken is not null);

    /// <summary>The resource of the first API object that the Pod refers to, in the words of upstream's messages; null when it refers to none.</summary>
    public static string? FirstApiObject(V1PodSpec spec)
    {
        if (!string.IsNullOrEmpty(spec.ServiceAccountName)) return "serviceaccounts";
        if (HasStorageSecrets(spec) || Secrets(spec).Any(name => !string.IsNullOrEmpty(name))) return "secrets";
        if (ConfigMaps(spec).Any(name => !string.IsNullOrEmpty(name))) return "configmaps";
        if (spec.ResourceClaims is { Count: > 0 }) return "resourceclaims";
        return Volumes(spec).Select(OfVolume).FirstOrDefault(found => found is not null);
    }

    private static string? OfVolume(V1Volume volume) => volume switch
    {
        { ConfigMap: not null } => "configmaps (via configmap volumes)",
        { Secret: not null } => "secrets (via secret volumes)",
        { Csi: not null } => "csidrivers (via CSI volumes)",
        { Glusterfs: not null } => "endpoints (via glusterFS volumes)",
        { PersistentVolumeClaim: not null } => "persistentvolumeclaims",
        { Ephemeral: not null } => "persistentvolumeclaims (via ephemeral volumes)",
        { AzureFile: not null } => "secrets (via azureFile volumes)",
        _ => (volume.Projected?.Sources ?? []).Select(OfProjection).FirstOrDefault(found => found is not null),
    };

    private static string? OfProjection(V1VolumeProjection source) => source switch
    {
        { ConfigMap: not null } => "configmaps (via projected volumes)",
        { Secret: not null } => "secrets (via projected volumes)",
        { ServiceAccountToken: not null } => "serviceaccounts (via projected volumes)",
        { ClusterTrustBundle: not null } => "clustertrustbundles",
        { PodCertificate: not null } => "podcertificates",
        _ => null,
    };

    private static IEnumerable<V1Volume> Volumes(V1PodSpec spec) => spec.Volumes ?? [];

    private static IEnumerable<V1VolumeProjection> Projections(V1PodSpec spec) => Volumes(spec).SelectMany(volume => volume.Projected?.Sources ?? []);

    private static IEnumerable<(IList<V1EnvVar> Variables, IList<V1EnvFromSource> From)> Environments(V1PodSpec spec) =>
    [
        .. (spec.InitContainers ?? []).Select(container => (container.Env ?? [], container.EnvFrom ?? [])),
        .. (spec.Containers ?? []).Select(container => (container.Env ?? [], container.EnvFrom ?? [])),
        .. (spec.EphemeralContainers ?? []).Select(container => (container.Env ?? [], container.EnvFrom ?? [])),
    ];
}
