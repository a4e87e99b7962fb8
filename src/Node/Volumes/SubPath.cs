using Coxswain.Node.Pods.Config;
using k8s.Models;

namespace Coxswain.Node.Volumes;

/// <summary>A part of a volume: <c>subPath</c>, or <c>subPathExpr</c> with the container's variables in it.</summary>
internal static class SubPath
{
    /// <param name="root">Where the volume lies.</param>
    /// <returns>The path on the node, inside the volume whatever links lead there.</returns>
    /// <exception cref="ConfigException">It leads out of the volume, or cannot be made.</exception>
    public static string Resolve(string root, V1VolumeMount mount, string container, Func<string, string?> lookup)
    {
        var path = mount.SubPathExpr is { Length: > 0 } expression ? Expansion.Expand(expression, lookup) : mount.SubPath ?? "";
        if (path.Length == 0) return root;
        var failed = $"failed to prepare subPath for volumeMount \"{mount.Name}\" of container \"{container}\"";
        if (path.StartsWith('/') || path.Split('/').Contains("..")) throw new ConfigException(failed);
        var full = Path.Combine(root, path);
        try
        {
            if (!File.Exists(full) && !Directory.Exists(full))
            {
                // Made as open as the volume itself, so that whom the volume is for can use it.
                Directory.CreateDirectory(full);
                File.SetUnixFileMode(full, File.GetUnixFileMode(root));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException(failed);
        }
        var (real, realRoot) = (RealPath(full), RealPath(root));
        return real == realRoot || real.StartsWith(realRoot + "/", StringComparison.Ordinal) ? real : throw new ConfigException(failed);
    }

    /// <summary>The path with every link followed.</summary>
    private static string RealPath(string path)
    {
        var real = "/";
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            var target = new FileInfo(next).LinkTarget;
            real = target is null ? next : RealPath(Path.GetFullPath(target, real));
        }
        return real;
    }
}
