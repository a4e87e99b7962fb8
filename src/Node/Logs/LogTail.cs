using System.Text;
using Coxswain.Node.Linux;

namespace Coxswain.Node.Logs;

/// <summary>The end of a container's log as plain text.</summary>
internal static class LogTail
{
    /// <summary>Lines are long or many: either way their last bytes are in it, for as few lines and bytes as are asked for.</summary>
    private const int Window = 64 * 1024;

    /// <param name="log">A regular file, which may have any size.</param>
    /// <param name="lines">100 or fewer.</param>
    /// <param name="bytes">4 KiB or fewer.</param>
    public static string Read(PathHandle log, int lines, int bytes)
    {
        using var stream = log.OpenRead();
        var start = Math.Max(0, stream.Length - Window);
        stream.Position = start;
        var window = new byte[Window];
        var read = stream.ReadAtLeast(window, Window, throwOnEndOfStream: false);
        var all = Encoding.UTF8.GetString(window, 0, read).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var last = all.Skip(start > 0 ? 1 : 0).TakeLast(lines); // of a first line cut off, the beginning is not there
        var text = new StringBuilder();
        foreach (var line in last)
            if (CriLogLine.TryParse(line, out var parsed)) text.Append(parsed.Content).Append(parsed.Partial ? "" : "\n");
        return text.Length > bytes ? text.ToString(text.Length - bytes, bytes) : text.ToString();
    }
}
