using Coxswain.Node.Linux;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Pods;

/// <summary>The log files that ended containers leave behind.</summary>
internal static class LogFiles
{
    /// <summary>Removes the log of a container with what rotation made of it, and its termination message.</summary>
    public static void Remove(PodContext pod, ContainerStatus container)
    {
        var paths = pod.Node.Paths;
        var attempt = container.RestartCountOf();
        var log = paths.Log(pod.Pod, container.Name, attempt);
        RemoveFrom(paths.Logs, Path.GetDirectoryName(log)!, name => name.StartsWith(Path.GetFileName(log), StringComparison.Ordinal));
        var message = paths.TerminationMessage(pod.Uid, container.Name, attempt);
        RemoveFrom(paths.Pods, Path.GetDirectoryName(message)!, name => name == Path.GetFileName(message));
    }

    private static void RemoveFrom(string root, string directory, Func<string, bool> which)
    {
        using var top = PathHandle.TryOpenTrusted(root);
        using var inside = top?.TryOpen(Path.GetRelativePath(root, directory));
        if (inside is null) return;
        using var entries = inside.OpenDirectory();
        foreach (var name in entries.Names().Where(which).ToList()) inside.TryRemove(name);
    }
}
