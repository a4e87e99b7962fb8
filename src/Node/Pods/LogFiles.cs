using Coxswain.Node.Runtime;

namespace Coxswain.Node.Pods;

/// <summary>The log files that ended containers leave behind.</summary>
internal static class LogFiles
{
    /// <summary>Removes the log of a container, and what rotation made of it.</summary>
    public static void Remove(PodContext pod, ContainerStatus container)
    {
        var log = pod.Node.Paths.Log(pod.Pod, container.Name, container.RestartCountOf());
        if (Path.GetDirectoryName(log) is not { } directory || !Directory.Exists(directory)) return;
        foreach (var file in Directory.EnumerateFiles(directory, Path.GetFileName(log) + "*")) File.Delete(file);
        File.Delete(pod.Node.Paths.TerminationMessage(pod.Uid, container.Name, container.RestartCountOf()));
    }
}
