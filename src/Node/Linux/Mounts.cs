using System.Text;

namespace Coxswain.Node.Linux;

/// <summary>The mounts that this process sees.</summary>
internal static class Mounts
{
    /// <summary>Mount points in the order they were made; one where several lie on each other stands there as often.</summary>
    public static List<string> Points() => [.. File.ReadLines("/proc/self/mountinfo").Select(line => Unescape(line.Split(' ', 6)[4]))];

    /// <summary>Whether something is mounted right there.</summary>
    public static bool IsMountPoint(string path)
    {
        using var there = PathHandle.TryOpenTrusted(path);
        if (there is null) return false;
        using var parent = PathHandle.OpenTrusted(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path)) ?? "/");
        return !there.Status.IsOnSameMount(parent.Status);
    }

    /// <summary>Unmounts all below a directory.</summary>
    /// <param name="itself">Also what is mounted on the directory.</param>
    /// <exception cref="IOException">Something stays mounted.</exception>
    public static void UnmountUnder(string directory, bool itself)
    {
        if (RealPath(directory) is not { } root) return;
        var points = PointsOf();
        while (points.Count > 0)
        {
            // Those that lie on none of the others; what lies on them goes with them. More may lie beneath in the same place: they are next.
            var outermost = points.Distinct().Where(p => !points.Exists(other => IsInside(p, other))).ToList();
            var failure = outermost.Select(TryDetach).LastOrDefault(e => e is not null);
            var left = PointsOf();
            if (left.Count >= points.Count) throw failure ?? new IOException($"{outermost[0]} stays mounted");
            points = left;
        }

        List<string> PointsOf() => [.. Points().Where(p => IsInside(p, root) || (itself && p == root))];
    }

    /// <summary>
    /// First the mount keeps to itself: else what is unmounted on it would be unmounted in its source, too, where that is shared (a
    /// container's bind mount of a host directory). By handle: a container may have put a link in the place of a directory that leads
    /// there.
    /// </summary>
    private static IOException? TryDetach(string point)
    {
        try
        {
            using var root = PathHandle.OpenTrusted("/");
            using var mount = root.Open(point.TrimStart('/'));
            Syscalls.Mount("", mount.ProcPath, "", Syscalls.MountPrivate | Syscalls.MountRecursive, "");
            Syscalls.Unmount(mount.ProcPath);
            return null;
        }
        catch (IOException e) { return new IOException($"unmount {point}: {e.Message}", e.HResult); }
    }

    private static bool IsInside(string path, string directory) =>
        path.Length > directory.Length && path[directory.Length] == '/' && path.StartsWith(directory, StringComparison.Ordinal);

    /// <summary>As the list of mounts names it: without links, but the last name as it is. Null where there is nothing.</summary>
    private static string? RealPath(string path)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        using var parent = PathHandle.TryOpenTrusted(Path.GetDirectoryName(path) ?? "/");
        return parent is null ? null : Path.Combine(parent.RealPath, Path.GetFileName(path));
    }

    /// <summary>Whether overlayfs works in this directory: not everywhere is it there, and not on every file system.</summary>
    public static bool SupportsOverlay(string directory)
    {
        var probe = Path.Combine(directory, ".overlay-probe");
        string[] parts = ["lower", "upper", "work", "merged"];
        foreach (var part in parts) Directory.CreateDirectory(Path.Combine(probe, part));
        try
        {
            var merged = Path.Combine(probe, "merged");
            Syscalls.Mount("overlay", merged, "overlay", 0, $"lowerdir={probe}/lower,upperdir={probe}/upper,workdir={probe}/work");
            Syscalls.Unmount(merged);
            return true;
        }
        catch (IOException) { return false; }
        finally { Directory.Delete(probe, recursive: true); }
    }

    /// <summary>Spaces and such are written as <c>\040</c>.</summary>
    internal static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text;
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length)
            {
                plain.Append((char)Convert.ToInt32(text.Substring(i + 1, 3), 8));
                i += 3;
            }
            else plain.Append(text[i]);
        }
        return plain.ToString();
    }
}
