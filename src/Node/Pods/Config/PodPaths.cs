using k8s.Models;

namespace Coxswain.Node.Pods.Config;

/// <summary>Where a Pod's files lie under the data directory.</summary>
internal sealed record PodPaths(string DataDirectory)
{
    public string Pods => Path.Combine(DataDirectory, "pods");
    public string Logs => Path.Combine(DataDirectory, "logs", "pods");
    public string Seccomp => Path.Combine(DataDirectory, "seccomp");

    public string Pod(string uid) => Path.Combine(Pods, uid);
    public string Hosts(string uid) => Path.Combine(Pod(uid), "etc-hosts");
    public string Volumes(string uid) => Path.Combine(Pod(uid), "volumes");
    /// <param name="plugin"><c>configmap</c>, <c>empty-dir</c> ...</param>
    public string Volume(string uid, string plugin, string volume) => Path.Combine(Volumes(uid), $"kubernetes.io~{plugin}", volume);
    /// <summary>Where it is written down that the volume is made; containers do not see it.</summary>
    public string VolumeReady(string uid, string plugin, string volume) =>
        Path.Combine(VolumeMarks(uid), $"kubernetes.io~{plugin}", volume, "ready");
    public string VolumeMarks(string uid) => Path.Combine(Pod(uid), "plugins");
    /// <summary>Where parts of volumes are bound for containers to mount.</summary>
    public string SubPaths(string uid) => Path.Combine(Pod(uid), "volume-subpaths");
    /// <param name="index">Of the mount in the container's list.</param>
    public string SubPath(string uid, string volume, string container, int index) =>
        Path.Combine(SubPaths(uid), volume, container, $"{index}");
    public string TerminationMessage(string uid, string container, int restartCount) => Path.Combine(Pod(uid), "containers", container, $"{restartCount}");

    public string LogDirectory(V1Pod pod) => Path.Combine(Logs, LogDirectoryName(pod.Metadata.NamespaceProperty, pod.Metadata.Name, pod.Metadata.Uid));
    public string Log(V1Pod pod, string container, int restartCount) => Path.Combine(LogDirectory(pod), container, $"{restartCount}.log");

    public static string LogDirectoryName(string ns, string name, string uid) => $"{ns}_{name}_{uid}";
}
