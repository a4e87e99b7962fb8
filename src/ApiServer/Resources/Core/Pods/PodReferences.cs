using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Which other objects of its namespace a Pod refers to, by name; a name may be null or stand more than once.</summary>
internal static class PodReferences
{
    // Shared, because whoever reads all Pods of a namespace asks for the references of each.
    private static readonly V1EnvVar[] NoVariables = [];
    private static readonly V1EnvFromSource[] NoSources = [];
    private static readonly V1Volume[] NoVolumes = [];
    private static readonly V1VolumeProjection[] NoProjections = [];

    /// <summary>In environments and volumes; each Pod's token volume brings the CA bundle along.</summary>
    public static IEnumerable<string?> ConfigMaps(V1PodSpec spec)
    {
        foreach (var (variables, from) in Environments(spec))
        {
            foreach (var source in from ?? NoSources) if (source.ConfigMapRef is { } all) yield return all.Name;
            foreach (var variable in variables ?? NoVariables) if (variable.ValueFrom?.ConfigMapKeyRef is { } one) yield return one.Name;
        }
        foreach (var volume in Volumes(spec))
        {
            if (volume.ConfigMap is { } map) yield return map.Name;
            foreach (var source in ProjectionsOf(volume)) if (source.ConfigMap is { } projected) yield return projected.Name;
        }
    }

    /// <summary>For pulling images, in environments and volumes; not those that a storage driver asks for.</summary>
    public static IEnumerable<string?> Secrets(V1PodSpec spec)
    {
        if (spec.ImagePullSecrets is { } pulls) foreach (var secret in pulls) yield return secret.Name;
        foreach (var (variables, from) in Environments(spec))
        {
            foreach (var source in from ?? NoSources) if (source.SecretRef is { } all) yield return all.Name;
            foreach (var variable in variables ?? NoVariables) if (variable.ValueFrom?.SecretKeyRef is { } one) yield return one.Name;
        }
        foreach (var volume in Volumes(spec))
        {
            if (volume.Secret is { } secret) yield return secret.SecretName;
            foreach (var source in ProjectionsOf(volume)) if (source.Secret is { } projected) yield return projected.Name;
        }
    }

    public static bool HasStorageSecrets(V1PodSpec spec) => Volumes(spec).Any(v =>
        v.AzureFile is not null || v.Cephfs?.SecretRef is not null || v.Cinder?.SecretRef is not null || v.FlexVolume?.SecretRef is not null || v.Rbd?.SecretRef is not null
        || v.ScaleIO?.SecretRef is not null || v.Iscsi?.SecretRef is not null || v.Storageos?.SecretRef is not null || v.Csi?.NodePublishSecretRef is not null);

    public static bool HasTokens(V1PodSpec spec) => Projections(spec).Any(source => source.ServiceAccountToken is not null);

    /// <summary>The resource of the first API object referred to, as upstream's messages name it; null when there is none.</summary>
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
        _ => ProjectionsOf(volume).Select(OfProjection).FirstOrDefault(found => found is not null),
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

    private static IList<V1Volume> Volumes(V1PodSpec spec) => spec.Volumes ?? NoVolumes;

    private static IEnumerable<V1VolumeProjection> Projections(V1PodSpec spec) => Volumes(spec).SelectMany(ProjectionsOf);

    private static IList<V1VolumeProjection> ProjectionsOf(V1Volume volume) => volume.Projected?.Sources ?? NoProjections;

    private static IEnumerable<(IList<V1EnvVar>? Variables, IList<V1EnvFromSource>? From)> Environments(V1PodSpec spec)
    {
        if (spec.InitContainers is { } before) foreach (var container in before) yield return (container.Env, container.EnvFrom);
        if (spec.Containers is { } main) foreach (var container in main) yield return (container.Env, container.EnvFrom);
        if (spec.EphemeralContainers is { } later) foreach (var container in later) yield return (container.Env, container.EnvFrom);
    }
}
