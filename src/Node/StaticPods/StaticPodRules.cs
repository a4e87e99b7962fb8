using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Node.StaticPods;

/// <summary>What a static Pod must have, and what it cannot refer to: it must be able to run while there is no API.</summary>
internal static class StaticPodRules
{
    /// <returns>Null, or the field at fault and why.</returns>
    public static (string Field, string Why)? Check(V1Pod pod)
    {
        if (pod.Metadata?.Name is not { Length: > 0 } name) return ("metadata.name", "Required value");
        if (NameRules.Dns1123Subdomain(name) is [var badName, ..]) return ("metadata.name", $"Invalid value: \"{name}\": {badName}");
        if (pod.Metadata.NamespaceProperty is { Length: > 0 } ns && NameRules.Dns1123Label(ns) is [var badNamespace, ..]) return ("metadata.namespace", $"Invalid value: \"{ns}\": {badNamespace}");
        if (pod.Spec?.Containers is not { Count: > 0 } containers) return ("spec.containers", "Required value");
        if (pod.Spec.ServiceAccountName is { Length: > 0 } account) return ("spec.serviceAccountName", $"a static Pod cannot refer to a ServiceAccount (\"{account}\")");
        if (pod.Spec.ImagePullSecrets is { Count: > 0 } pulls) return ("spec.imagePullSecrets[0]", $"a static Pod cannot refer to a Secret (\"{pulls[0].Name}\")");
        var init = pod.Spec.InitContainers ?? [];
        return First(init, "spec.initContainers") ?? First(containers, "spec.containers") ?? Volumes(pod) ?? Duplicate(init.Concat(containers))
            ?? Mounts(init, "spec.initContainers", pod) ?? Mounts(containers, "spec.containers", pod);
    }

    private static (string, string)? Mounts(IList<V1Container> containers, string path, V1Pod pod)
    {
        var known = (pod.Spec.Volumes ?? []).Select(v => v.Name).ToHashSet();
        for (var i = 0; i < containers.Count; i++)
        {
            var mounts = containers[i].VolumeMounts ?? [];
            for (var j = 0; j < mounts.Count; j++)
            {
                var (mount, at) = (mounts[j], $"{path}[{i}].volumeMounts[{j}]");
                if (!known.Contains(mount.Name ?? "")) return ($"{at}.name", $"Not found: \"{mount.Name}\"");
                if (mount.MountPath is not { Length: > 0 }) return ($"{at}.mountPath", "Required value");
            }
        }
        return null;
    }

    private static (string, string)? First(IList<V1Container> containers, string path)
    {
        for (var i = 0; i < containers.Count; i++)
            if (Container(containers[i], $"{path}[{i}]") is { } fault) return fault;
        return null;
    }

    private static (string, string)? Container(V1Container container, string path)
    {
        if (container.Name is not { Length: > 0 } name) return ($"{path}.name", "Required value");
        if (NameRules.Dns1123Label(name) is [var fault, ..]) return ($"{path}.name", $"Invalid value: \"{name}\": {fault}");
        if (container.Image is not { Length: > 0 }) return ($"{path}.image", "Required value");
        for (var i = 0; i < (container.Env?.Count ?? 0); i++)
        {
            var from = container.Env![i].ValueFrom;
            if (from?.ConfigMapKeyRef is { } map) return ($"{path}.env[{i}]", $"a static Pod cannot refer to a ConfigMap (\"{map.Name}\")");
            if (from?.SecretKeyRef is { } secret) return ($"{path}.env[{i}]", $"a static Pod cannot refer to a Secret (\"{secret.Name}\")");
        }
        for (var i = 0; i < (container.EnvFrom?.Count ?? 0); i++)
        {
            if (container.EnvFrom![i].ConfigMapRef is { } map) return ($"{path}.envFrom[{i}]", $"a static Pod cannot refer to a ConfigMap (\"{map.Name}\")");
            if (container.EnvFrom[i].SecretRef is { } secret) return ($"{path}.envFrom[{i}]", $"a static Pod cannot refer to a Secret (\"{secret.Name}\")");
        }
        return null;
    }

    private static (string, string)? Volumes(V1Pod pod)
    {
        for (var i = 0; i < (pod.Spec.Volumes?.Count ?? 0); i++)
        {
            var (volume, path) = (pod.Spec.Volumes![i], $"spec.volumes[{i}]");
            if (volume.Name is not { Length: > 0 } name) return ($"{path}.name", "Required value");
            if (NameRules.Dns1123Label(name) is [var fault, ..]) return ($"{path}.name", $"Invalid value: \"{name}\": {fault}");
            if (pod.Spec.Volumes.Take(i).Any(v => v.Name == name)) return ($"{path}.name", $"Duplicate value: \"{name}\"");
            if (volume.ConfigMap is { } map) return (path, $"a static Pod cannot refer to a ConfigMap (\"{map.Name}\")");
            if (volume.Secret is { } secret) return (path, $"a static Pod cannot refer to a Secret (\"{secret.SecretName}\")");
            foreach (var source in volume.Projected?.Sources ?? [])
            {
                if (source.ConfigMap is { } projected) return (path, $"a static Pod cannot refer to a ConfigMap (\"{projected.Name}\")");
                if (source.Secret is { } hidden) return (path, $"a static Pod cannot refer to a Secret (\"{hidden.Name}\")");
                if (source.ServiceAccountToken is not null) return (path, "a static Pod cannot refer to a ServiceAccount");
            }
        }
        return null;
    }

    private static (string, string)? Duplicate(IEnumerable<V1Container> containers) =>
        containers.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1) is { } twice ? ("spec.containers", $"Duplicate value: \"{twice.Key}\"") : null;
}
