using Coxswain.Node.Linux;
using Coxswain.Node.Pods.Config;
using k8s.Models;

namespace Coxswain.Node.Volumes;

/// <summary>
/// A part of a volume: <c>subPath</c>, or <c>subPathExpr</c> with the container's variables in it. Other containers may change the volume
/// meanwhile.
/// </summary>
internal static class SubPath
{
    /// <returns>The path in the volume; null: the mount is of the whole.</returns>
    /// <exception cref="ConfigException">It does not stay in the volume by its own text.</exception>
    public static string? Of(V1VolumeMount mount, Func<string, string?> lookup)
    {
        var path = mount.SubPathExpr is { Length: > 0 } expression ? Expansion.Expand(expression, lookup) : mount.SubPath ?? "";
        if (path.Length == 0) return null;
        if (path.StartsWith('/')) throw new ConfigException($"error SubPath `{path}` must not be an absolute path");
        if (path.Split('/').Contains("..")) throw new ConfigException($"unable to provision SubPath `{path}`: must not contain '..'");
        return path;
    }

    /// <summary>
    /// Opens that part. Links are followed while they stay in the volume; what is missing becomes directories as open as the volume itself,
    /// so that whom it is for can use them.
    /// </summary>
    /// <param name="root">Where the volume lies.</param>
    /// <exception cref="ConfigException">The volume is not there.</exception>
    /// <exception cref="SubPathException">The path leads out of the volume, cannot be made, or was exchanged meanwhile.</exception>
    public static PathHandle Open(string root, string path)
    {
        using var volume = PathHandle.TryOpenTrusted(root) ?? throw new ConfigException($"stat {root}: no such file or directory");
        var making = false;
        try
        {
            var resolved = BeneathPath.Resolve(volume, path);
            making = resolved.Missing.Count > 0;
            var opened = making ? Make(volume, resolved) : volume.Open(resolved.Existing);
            if (opened.Status.Kind != FileKind.SymbolicLink) return opened;
            opened.Dispose();
            throw new IOException($"{path} became a symbolic link", Errno.SymbolicLink);
        }
        catch (IOException e)
        {
            throw new SubPathException(making || e.HResult == Errno.NotFound, e);
        }
    }

    private static PathHandle Make(PathHandle volume, BeneathPath path)
    {
        using var last = volume.Open(path.Existing);
        return last.MakeDirectories(string.Join('/', path.Missing), volume.Status.Mode);
    }
}
