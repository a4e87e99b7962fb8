using System.Text;

namespace Coxswain.Node.Volumes;

/// <summary>The kernel's own mounts.</summary>
internal sealed class LinuxMounter : IMounter
{
    public void MountTmpfs(string path, long? size)
    {
        if (MountPoints().Contains(path)) return;
        Syscalls.Mount("tmpfs", path, "tmpfs", 0, size is { } bytes ? $"size={bytes},mode=0777" : "mode=0777");
    }

    public void UnmountUnder(string directory)
    {
        var inside = directory + "/";
        // The deepest and newest first.
        foreach (var point in MountPoints().Where(p => p == directory || p.StartsWith(inside, StringComparison.Ordinal)).Reverse()) Syscalls.Unmount(point);
    }

    /// <summary>In the order they were made.</summary>
    private static List<string> MountPoints() => [.. File.ReadLines("/proc/self/mountinfo").Select(line => Unescape(line.Split(' ', 6)[4]))];

    /// <summary>Spaces and such are written as <c>\040</c>.</summary>
    private static string Unescape(string text)
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
