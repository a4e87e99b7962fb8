using Coxswain.Node;

namespace Coxswain;

/// <summary>What of a cluster runs on this machine, be its files there or not.</summary>
internal sealed class ClusterProcesses(DataDirectory directory)
{
    /// <summary>Whoever has the directory's lock and was called as <c>cox up</c>.</summary>
    public LockHolders Servers { get; } = new(directory.LockFile, "up");

    public NodeRemains Remains { get; } = new(directory.Containerd, directory.Node, directory.CgroupRoot);

    public bool AnyRuns() => Servers.Find().Count > 0 || Remains.Any();
}
