using System.Text;

namespace Coxswain.Node.Linux;

/// <summary>The mounts that this process sees.</summary>
internal static class Mounts
{
    /// <summary>Mount points in the order they were made; one where several lie on each other stands there as often.</summary>
    public static List<string> Points() => [.. File.ReadLines("/proc/self/mountinfo").Select(line => Unescape(line.Split(' ', 6)[4]))];

    /// <summary>Unmounts all below a directory, the newest first: what lies on another comes before it.</summary>
    /// <param name="itself">Also what is mounted on the directory.</param>
    /// <exception cref="IOException"/>
    public static void UnmountUnder(string directory, bool itself)
    {
        directory = directory.TrimEnd('/');
        var inside = directory + "/";
        foreach (var point in Points().Where(p => p.StartsWith(inside, StringComparison.Ordinal) || (itself && p == directory)).Reverse()) Syscalls.Unmount(point);
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
