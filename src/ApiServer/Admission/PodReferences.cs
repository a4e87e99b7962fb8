using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>Which other objects a Pod refers to.</summary>
internal static class PodReferences
{
    public static bool HasSecrets(V1PodSpec spec) =>
        spec.ImagePullSecrets is { Count: > 0 }
        || Containers(spec).Any(c => c.EnvFrom?.Any(e => e.SecretRef is not null) == true || c.Env?.Any(e => e.ValueFrom?.SecretKeyRef is not null) == true)
        || Volumes(spec).Any(v => v.Secret is not null || Sources(v).Any(s => s.Secret is not null) || OfStorage(v));

    public static bool HasConfigMaps(V1PodSpec spec) =>
        Containers(spec).Any(c => c.EnvFrom?.Any(e => e.ConfigMapRef is not null) == true || c.Env?.Any(e => e.ValueFrom?.ConfigMapKeyRef is not null) == true)
        || Volumes(spec).Any(v => v.ConfigMap is not null || Sources(v).Any(s => s.ConfigMap is not null));

    public static bool HasTokens(V1PodSpec spec) => Volumes(spec).Any(v => Sources(v).Any(s => s.ServiceAccountToken is not null));

    public static bool HasClaims(V1PodSpec spec) => Volumes(spec).Any(v => v.PersistentVolumeClaim is not null);

    private static IEnumerable<V1Volume> Volumes(V1PodSpec spec) => spec.Volumes ?? [];

    private static IEnumerable<V1VolumeProjection> Sources(V1Volume volume) => volume.Projected?.Sources ?? [];

    private static IEnumerable<(IList<V1EnvFromSource>? EnvFrom, IList<V1EnvVar>? Env)> Containers(V1PodSpec spec) =>
    [
        .. (spec.InitContainers ?? []).Select(c => (c.EnvFrom, c.Env)),
        .. (spec.Containers ?? []).Select(c => (c.EnvFrom, c.Env)),
        .. (spec.EphemeralContainers ?? []).Select(c => (c.EnvFrom, c.Env)),
    ];

    private static bool OfStorage(V1Volume v) =>
        v.AzureFile is not null || v.Cephfs?.SecretRef is not null || v.Cinder?.SecretRef is not null || v.FlexVolume?.SecretRef is not null || v.Rbd?.SecretRef is not null
        || v.ScaleIO?.SecretRef is not null || v.Iscsi?.SecretRef is not null || v.Storageos?.SecretRef is not null || v.Csi?.NodePublishSecretRef is not null;
}
