using System.Text;
using Coxswain.Node.Linux;
using Coxswain.Node.Logs;
using Coxswain.Node.Pods.Config;
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
        if (context.Node.Options.Materialize) message = Join(message, Read(context.Node.Paths, container, ended));
        return message.Length > 0 ? message : null;
    }

    private static string Read(PodPaths paths, V1Container container, ContainerStatus ended)
    {
        try
        {
            using var file = Find(paths.Pods, ended.Annotations.GetValueOrDefault(PodLabels.TerminationMessageFile));
            if (file is not null && ReadEnd(file) is { Length: > 0 } text) return text;
            if (container.TerminationMessagePolicy != "FallbackToLogsOnError" || ended.ExitCode == 0) return "";
            using var log = Find(paths.Logs, ended.LogPath);
            return log is null ? "" : LogTail.Read(log, MaxLogLines, MaxLogBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"Error reading termination message: {e.Message}";
        }
    }

    /// <summary>What the agent made there, and no link that somebody else left in its place.</summary>
    private static PathHandle? Find(string root, string? path)
    {
        if (path is not { Length: > 0 }) return null;
        var relative = Path.GetRelativePath(root, path);
        if (relative.StartsWith("..", StringComparison.Ordinal)) return null;
        using var top = PathHandle.TryOpenTrusted(root);
        return top?.TryOpen(relative);
    }

    /// <summary>The container may have made it as long as it liked.</summary>
    private static string ReadEnd(PathHandle file)
    {
        using var stream = file.OpenRead();
        var most = (int)Math.Min(MaxFileBytes, stream.Length);
        stream.Seek(-most, SeekOrigin.End);
        var bytes = new byte[most];
        return Encoding.UTF8.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }

    private static string Join(string first, string second) => first.Length == 0 ? second : second.Length == 0 ? first : $"{first}: {second}";
}
