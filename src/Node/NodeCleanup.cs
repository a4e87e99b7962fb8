using Coxswain.Node.Pods;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Volumes;

namespace Coxswain.Node;

/// <summary>Takes away what a node's Pods leave on the machine beyond their containers, once those are gone for good (<c>cox down</c>).</summary>
public static class NodeCleanup
{
    /// <summary>Unmounts and removes the Pods' volumes and files, and their cgroups. Logs stay.</summary>
    public static void Run(string dataDirectory, string? cgroupRoot)
    {
        var pods = new PodPaths(dataDirectory).Pods;
        new LinuxMounter().UnmountUnder(pods);
        if (Directory.Exists(pods)) Directory.Delete(pods, recursive: true);
        if (cgroupRoot is { Length: > 1 }) PodCgroup.Remove(cgroupRoot);
    }
}
