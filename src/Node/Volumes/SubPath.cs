using Coxswain.Node.Pods.Config;
using k8s.Models;

namespace Coxswain.Node.Volumes;

/// <summary>A part of a volume: <c>subPath</c>, or <c>subPathExpr</c> with the container's variables in it.</summary>
internal static class SubPath
{
    private const int MaxLinks = 40;

    /// <param name="root">Where the volume lies.</param>
    /// <returns>The path on the node, inside the volume whatever links lead there.</returns>
    /// <exception cref="ConfigException">It leads out of the volume, or cannot be made.</exception>
    public static string Resolve(string root, V1VolumeMount mount, string container, Func<string, string?> lookup)
    {
        var path = mount.SubPathExpr is { Length: > 0 } expression ? Expansion.Expand(expression, lookup) : mount.SubPath ?? "";
        if (path.Length == 0) return root;
        var failed = $"failed to prepare subPath for volumeMount \"{mount.Name}\" of container \"{container}\"";
        if (path.StartsWith('/') || path.Split('/').Contains("..")) throw new ConfigException(failed);
        // First where it leads, links and all, then whether it is there: a container may have left links to anywhere, and nothing may be made behind them.
        var (real, realRoot) = (RealPath(Path.Combine(root, path)), RealPath(root));
        if (real != realRoot && !real.StartsWith(realRoot + "/", StringComparison.Ordinal)) throw new ConfigException(failed);
        try
        {
            if (!File.Exists(real) && !Directory.Exists(real))
            {
                // Made as open as the volume itself, so that whom the volume is for can use it.
                Directory.CreateDirectory(real);
                File.SetUnixFileMode(real, File.GetUnixFileMode(realRoot));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException(failed);
        }
        return real;
    }

    /// <summary>The path with every link followed.</summary>
    private static string RealPath(string path, int links = 0)
    {
        if (links > MaxLinks) throw new ConfigException($"too many levels of symbolic links: {path}");
        var real = "/";
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var next = Path.Combine(real, part);
            var target = new FileInfo(next).LinkTarget;
            real = target is null ? next : RealPath(Path.GetFullPath(target, real), links + 1);
        }
        return real;
    }
}
