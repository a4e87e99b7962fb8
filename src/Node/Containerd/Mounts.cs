using System.Runtime.InteropServices;

namespace Coxswain.Node.Containerd;

/// <summary>Mounts: what lies under a directory, and its end.</summary>
public static partial class Mounts
{
    private const int Detach = 2;

    /// <summary>Mount points under a directory, the deepest first.</summary>
    public static IReadOnlyList<string> Under(string directory)
    {
        var prefix = directory.TrimEnd('/') + "/";
        return [.. File.ReadLines("/proc/self/mountinfo").Select(line => Unescape(line.Split(' ')[4]))
            .Where(p => p.StartsWith(prefix, StringComparison.Ordinal)).OrderByDescending(p => p.Length)];
    }

    public static void UnmountUnder(string directory)
    {
        foreach (var mount in Under(directory)) Unmount(mount, Detach);
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
            var options = $"lowerdir={probe}/lower,upperdir={probe}/upper,workdir={probe}/work";
            if (Mount("overlay", merged, "overlay", 0, options) != 0) return false;
            Unmount(merged, Detach);
            return true;
        }
        finally { Directory.Delete(probe, recursive: true); }
    }

    /// <summary>mountinfo writes blanks and the like as octal (<c>\040</c>).</summary>
    private static string Unescape(string path)
    {
        for (var i = path.IndexOf('\\', StringComparison.Ordinal); i >= 0 && i + 3 < path.Length; i = path.IndexOf('\\', i + 1))
            path = path[..i] + (char)Convert.ToInt32(path.Substring(i + 1, 3), 8) + path[(i + 4)..];
        return path;
    }

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unmount(string target, int flags);
}
