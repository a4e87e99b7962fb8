using Coxswain.Node.Pods;
using Coxswain.Node.Pods.Config;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Volumes;

/// <summary>
/// The parts of volumes that one Pod's containers mount. The runtime follows the path that it is given, later: so it is given one of the
/// agent's own, to which is bound what was opened. A container that starts again finds it there; with the volumes, it goes.
/// </summary>
internal sealed partial class SubPathMounts(PodContext pod)
{
    private readonly ILogger _logger = pod.Node.Loggers.CreateLogger("Coxswain.Node.Volumes");

    /// <param name="root">Where the volume lies.</param>
    /// <param name="part">The path in it.</param>
    /// <param name="index">Of the mount in the container's list.</param>
    /// <returns>The path for the runtime.</returns>
    /// <exception cref="ConfigException">It leads out of the volume, cannot be made, or was exchanged meanwhile.</exception>
    public string Bind(string root, string part, V1VolumeMount mount, string container, int index)
    {
        try
        {
            using var opened = SubPath.Open(root, part);
            var path = pod.Node.Paths.SubPath(pod.Uid, mount.Name, container, index);
            pod.Node.Mounter.Bind(opened, path, shared: mount.MountPropagation == "Bidirectional");
            return path;
        }
        catch (Exception e) when (e is SubPathException or IOException or UnauthorizedAccessException)
        {
            LogRefused(pod.Pod.FullName(), container, mount.Name, part, e.Message);
            var step = e is SubPathException { Making: true } ? "create subPath directory" : "prepare subPath";
            throw new ConfigException($"failed to {step} for volumeMount \"{mount.Name}\" of container \"{container}\"");
        }
    }

    [LoggerMessage(EventId = 3031, Level = LogLevel.Warning,
        Message = "Pod {Pod}, container {Container}: subPath {Path} of volume {Volume} is not mounted: {Why}")]
    private partial void LogRefused(string pod, string container, string volume, string path, string why);
}
