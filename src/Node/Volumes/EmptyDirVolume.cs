using Coxswain.Node.Pods;
using Coxswain.Node.Pods.Config;
using k8s.Models;

namespace Coxswain.Node.Volumes;

/// <summary>A directory as old as the Pod, on disk or in memory.</summary>
internal sealed class EmptyDirVolume(PodContext pod, string name, V1EmptyDirVolumeSource source) : IVolume
{
    private bool _ready;

    public string Path => pod.Node.Paths.Volume(pod.Uid, "empty-dir", name);
    public bool ReadOnly => false;

    public Task SetUpAsync(CancellationToken ct)
    {
        if (_ready || !pod.Node.Options.Materialize) return Task.CompletedTask;
        Directory.CreateDirectory(Path);
        if (source.Medium == "Memory") pod.Node.Mounter.MountTmpfs(Path, Size());
        File.SetUnixFileMode(Path, (UnixFileMode)0b111_111_111);
        Ownership.Apply(Path, pod.Pod.Spec.SecurityContext?.FsGroup, readOnly: false);
        _ready = true;
        return Task.CompletedTask;
    }

    public void Dispose() { }

    /// <summary>The volume's own limit, or what the Pod's containers may use of memory at all.</summary>
    private long? Size()
    {
        long? limit = source.SizeLimit is { } size && size.ToDecimal() > 0 ? (long)size.ToDecimal() : null;
        var memory = ResourceMath.OfPod(pod.Pod).MemoryLimit;
        return memory > 0 && (limit is null || memory < limit) ? memory : limit;
    }
}
