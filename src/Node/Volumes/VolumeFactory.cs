using Coxswain.Node.Pods;
using k8s.Models;

namespace Coxswain.Node.Volumes;

/// <summary>The kinds of volumes this node knows.</summary>
internal static class VolumeFactory
{
    private const int DefaultMode = 0b110_100_100;

    /// <param name="wake">Called when the volume should be set up again.</param>
    /// <exception cref="VolumeException">A kind it does not know.</exception>
    public static IVolume Make(PodContext pod, V1Volume volume, Action wake)
    {
        if (volume.EmptyDir is { } empty) return new EmptyDirVolume(pod, volume.Name, empty);
        if (volume.HostPath is { } host) return new HostPathVolume(host, pod.Node.Options.Materialize);
        if (volume.ConfigMap is { } map)
            return new PayloadVolume(pod, "configmap", volume.Name, inMemory: false, [new ConfigMapSource(pod, map.Name, map.Items, map.Optional == true, map.DefaultMode ?? DefaultMode)]);
        if (volume.Secret is { } secret)
            return new PayloadVolume(pod, "secret", volume.Name, inMemory: true, [new SecretSource(pod, secret.SecretName, secret.Items, secret.Optional == true, secret.DefaultMode ?? DefaultMode)]);
        if (volume.DownwardAPI is { } downward)
            return new PayloadVolume(pod, "downward-api", volume.Name, inMemory: true, [new DownwardApiSource(pod, downward.Items, downward.DefaultMode ?? DefaultMode)]);
        if (volume.Projected is { } projected)
            return new PayloadVolume(pod, "projected", volume.Name, inMemory: true, [.. Sources(pod, projected, wake)]);
        throw new VolumeException("no volume plugin matched");
    }

    private static IEnumerable<IPayloadSource> Sources(PodContext pod, V1ProjectedVolumeSource projected, Action wake)
    {
        var mode = projected.DefaultMode ?? DefaultMode;
        foreach (var source in projected.Sources ?? [])
        {
            if (source.ConfigMap is { } map) yield return new ConfigMapSource(pod, map.Name, map.Items, map.Optional == true, mode);
            if (source.Secret is { } secret) yield return new SecretSource(pod, secret.Name, secret.Items, secret.Optional == true, mode);
            if (source.DownwardAPI is { } downward) yield return new DownwardApiSource(pod, downward.Items, mode);
            if (source.ServiceAccountToken is { } token) yield return new TokenSource(pod, token, mode, wake);
        }
    }
}
