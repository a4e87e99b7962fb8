using k8s.Models;

namespace Coxswain.ApiServer.Auth;

/// <summary>Finds out whether a Pod refers to a ConfigMap, Secret or service account.</summary>
internal static class PodReferences
{
    public static bool Contains(V1Pod pod, string resource, string name) => resource switch
    {
        "serviceaccounts" => pod.Spec.ServiceAccountName == name,
        "configmaps" => Containers(pod).Any(c => UsesConfigMap(c, name)) || Volumes(pod).Any(v => HoldsConfigMap(v, name)),
        "secrets" => (pod.Spec.ImagePullSecrets?.Any(s => s.Name == name) ?? false) || Containers(pod).Any(c => UsesSecret(c, name)) || Volumes(pod).Any(v => HoldsSecret(v, name)),
        _ => false,
    };

    private static IEnumerable<V1Volume> Volumes(V1Pod pod) => pod.Spec.Volumes ?? [];

    private static IEnumerable<(IList<V1EnvVar>? Env, IList<V1EnvFromSource>? EnvFrom)> Containers(V1Pod pod) =>
        (pod.Spec.InitContainers ?? []).Concat(pod.Spec.Containers ?? []).Select(c => Env(c.Env, c.EnvFrom))
            .Concat((pod.Spec.EphemeralContainers ?? []).Select(c => Env(c.Env, c.EnvFrom)));

    private static (IList<V1EnvVar>? Env, IList<V1EnvFromSource>? EnvFrom) Env(IList<V1EnvVar>? env, IList<V1EnvFromSource>? from) => (env, from);

    private static bool UsesConfigMap((IList<V1EnvVar>? Env, IList<V1EnvFromSource>? EnvFrom) container, string name) =>
        (container.Env?.Any(e => e.ValueFrom?.ConfigMapKeyRef?.Name == name) ?? false) || (container.EnvFrom?.Any(e => e.ConfigMapRef?.Name == name) ?? false);

    private static bool UsesSecret((IList<V1EnvVar>? Env, IList<V1EnvFromSource>? EnvFrom) container, string name) =>
        (container.Env?.Any(e => e.ValueFrom?.SecretKeyRef?.Name == name) ?? false) || (container.EnvFrom?.Any(e => e.SecretRef?.Name == name) ?? false);

    // Every Pod's projected token volume brings the CA bundle along.
    private static bool HoldsConfigMap(V1Volume volume, string name) =>
        volume.ConfigMap?.Name == name || (volume.Projected?.Sources?.Any(s => s.ConfigMap?.Name == name) ?? false);

    private static bool HoldsSecret(V1Volume volume, string name) =>
        volume.Secret?.SecretName == name || (volume.Projected?.Sources?.Any(s => s.Secret?.Name == name) ?? false);
}
