using Coxswain.Node.Pods.Config;
using k8s.Models;

namespace Coxswain.Node.Volumes;

/// <summary><c>recursiveReadOnly</c>: whether what is mounted below a read-only mount is read-only too. The runtime must be able to do it.</summary>
internal static class RecursiveReadOnly
{
    /// <exception cref="ConfigException">It is asked for and cannot be had.</exception>
    public static bool Resolve(V1VolumeMount mount, bool supported)
    {
        if (mount.RecursiveReadOnly is null or "" or "Disabled") return false;
        if (mount.ReadOnlyProperty != true) throw Refused(mount, "it is not read-only");
        if (mount.MountPropagation is { Length: > 0 } propagation and not "None") throw Refused(mount, $"it is not compatible with propagation \"{propagation}\"");
        return mount.RecursiveReadOnly switch
        {
            "IfPossible" => supported,
            "Enabled" => supported ? true : throw Refused(mount, "it is not supported by the runtime"),
            var mode => throw new ConfigException($"failed to resolve recursive read-only mode: unknown recursive read-only mode \"{mode}\""),
        };
    }

    /// <summary>As <c>status.containerStatuses[].volumeMounts</c> shows it; null where the mount can be written.</summary>
    public static string? Shown(V1VolumeMount mount, bool supported) =>
        mount.ReadOnlyProperty != true ? null : supported && mount.RecursiveReadOnly is ("Enabled" or "IfPossible") ? "Enabled" : "Disabled";

    private static ConfigException Refused(V1VolumeMount mount, string why) =>
        new($"failed to resolve recursive read-only mode: volume \"{mount.Name}\" requested recursive read-only mode, but {why}");
}
