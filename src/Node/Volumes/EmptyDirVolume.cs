using Coxswain.Node.Pods;
using Coxswain.Node.Pods.Config;
using k8s.Models;

namespace Coxswain.Node.Volumes;

/// <summary>A directory as old as the Pod, on disk or in memory.</summary>
internal sealed class EmptyDirVolume(PodContext pod, string name, V1EmptyDirVolumeSource source) : IVolume
{
    private readonly VolumeDirectory _directory = new(pod, "empty-dir", name);
    private bool _ready;

    public string Path => _directory.Path;
    public bool ReadOnly => false;

    public Task SetUpAsync(CancellationToken ct)
    {
        if (_ready || !pod.Node.Options.Materialize) return Task.CompletedTask;
        _directory.Make(source.Medium == "Memory", Size(), readOnly: false, ct);
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
