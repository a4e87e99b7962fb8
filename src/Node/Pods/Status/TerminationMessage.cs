using System.Text;
using Coxswain.Node.Logs;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Pods.Status;

/// <summary>A container's last words: what it wrote to its termination message file, or failing that, the end of its log.</summary>
internal static class TerminationMessage
{
    private const int MaxFileBytes = 4096, MaxLogBytes = 2048, MaxLogLines = 80;

    public static string? Of(PodContext context, V1Container container, ContainerStatus ended)
    {
        var message = ended.Message;
        if (context.Node.Options.Materialize) message = Join(message, Read(container, ended));
        return message.Length > 0 ? message : null;
    }

    private static string Read(V1Container container, ContainerStatus ended)
    {
        try
        {
            if (ended.Annotations.TryGetValue(PodLabels.TerminationMessageFile, out var file) && File.Exists(file) && ReadEnd(file, MaxFileBytes) is { Length: > 0 } text) return text;
            var fallBack = container.TerminationMessagePolicy == "FallbackToLogsOnError" && ended.ExitCode != 0;
            return fallBack && ended.LogPath.Length > 0 && File.Exists(ended.LogPath) ? LogTail.Read(ended.LogPath, MaxLogLines, MaxLogBytes) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"Error reading termination message: {e.Message}";
        }
    }

    private static string ReadEnd(string file, int most)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(-Math.Min(most, stream.Length), SeekOrigin.End);
        var bytes = new byte[Math.Min(most, stream.Length)];
        return Encoding.UTF8.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }

    private static string Join(string first, string second) => first.Length == 0 ? second : second.Length == 0 ? first : $"{first}: {second}";
}
