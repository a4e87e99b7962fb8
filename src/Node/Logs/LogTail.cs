using System.Text;

namespace Coxswain.Node.Logs;

/// <summary>The end of a container's log as plain text.</summary>
internal static class LogTail
{
    public static string Read(string path, int lines, int bytes)
    {
        var text = new StringBuilder();
        foreach (var line in File.ReadLines(path).TakeLast(lines))
            if (CriLogLine.TryParse(line, out var parsed)) text.Append(parsed.Content).Append(parsed.Partial ? "" : "\n");
        var all = text.ToString();
        return all.Length > bytes ? all[^bytes..] : all;
    }
}
