using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Which other objects of its namespace a Pod refers to, by name; a name may be null or stand more than once.</summary>
internal static class PodReferences
{
    /// <summary>In environments and volumes; each Pod's token volume brings the CA bundle along.</summary>
    public static IEnumerable<string?> ConfigMaps(V1PodSpec spec) =>
    [
        .. Environments(spec).SelectMany(each => each.From).Where(from => from.ConfigMapRef is not null).Select(from => from.ConfigMapRef.Name),
        .. Environments(spec).SelectMany(each => each.Variables).Where(variable => variable.ValueFrom?.ConfigMapKeyRef is not null).Select(variable => variable.ValueFrom.ConfigMapKeyRef.Name),
        .. Volumes(spec).Where(volume => volume.ConfigMap is not null).Select(volume => volume.ConfigMap.Name),
        .. Projections(spec).Where(source => source.ConfigMap is not null).Select(source => source.ConfigMap.Name),
    ];

    /// <summary>For pulling images, in environments and volumes; not those that a storage driver asks for.</summary>
    public static IEnumerable<string?> Secrets(V1PodSpec spec) =>
    [
        .. (spec.ImagePullSecrets ?? []).Select(secret => secret.Name),
        .. Environments(spec).SelectMany(each => each.From).Where(from => from.SecretRef is not null).Select(from => from.SecretRef.Name),
        .. Environments(spec).SelectMany(each => each.Variables).Where(variable => variable.ValueFrom?.SecretKeyRef is not null).Select(variable => variable.ValueFrom.SecretKeyRef.Name),
        .. Volumes(spec).Where(volume => volume.Secret is not null).Select(volume => volume.Secret.SecretName),
        .. Projections(spec).Where(source => source.Secret is not null).Select(source => source.Secret.Name),
    ];

    public static bool HasStorageSecrets(V1PodSpec spec) => Volumes(spec).Any(v =>
        v.AzureFile is not null || v.Cephfs?.SecretRef is not null || v.Cinder?.SecretRef is not null || v.FlexVolume?.SecretRef is not null || v.Rbd?.SecretRef is not null
        || v.ScaleIO?.SecretRef is not null || v.Iscsi?.SecretRef is not null || v.Storageos?.SecretRef is not null || v.Csi?.NodePublishSecretRef is not null);

    public static bool HasTokens(V1PodSpec spec) => Projections(spec).Any(source => source.ServiceAccountToken is not null);

    public static bool HasClaims(V1PodSpec spec) => Volumes(spec).Any(volume => volume.PersistentVolumeClaim is not null);

    private static IEnumerable<V1Volume> Volumes(V1PodSpec spec) => spec.Volumes ?? [];

    private static IEnumerable<V1VolumeProjection> Projections(V1PodSpec spec) => Volumes(spec).SelectMany(volume => volume.Projected?.Sources ?? []);

    private static IEnumerable<(IList<V1EnvVar> Variables, IList<V1EnvFromSource> From)> Environments(V1PodSpec spec) =>
    [
        .. (spec.InitContainers ?? []).Select(container => (container.Env ?? [], container.EnvFrom ?? [])),
        .. (spec.Containers ?? []).Select(container => (container.Env ?? [], container.EnvFrom ?? [])),
        .. (spec.EphemeralContainers ?? []).Select(container => (container.Env ?? [], container.EnvFrom ?? [])),
    ];
}
