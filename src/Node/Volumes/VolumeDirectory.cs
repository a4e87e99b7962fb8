using Coxswain.Node.Pods;

namespace Coxswain.Node.Volumes;

/// <summary>
/// The directory of a volume, on disk or in memory. Made and given to the Pod's fsGroup once; a mark beside the volumes, where no container
/// writes, says that this is done.
/// </summary>
internal sealed class VolumeDirectory(PodContext pod, string plugin, string name)
{
    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111, Own = (UnixFileMode)0b111_101_000;

    public string Path => pod.Node.Paths.Volume(pod.Uid, plugin, name);

    private string Mark => pod.Node.Paths.VolumeReady(pod.Uid, plugin, name);

    /// <summary>May be repeated after a crash. What is ready stays as its containers have made it.</summary>
    /// <param name="size">Bytes, in memory; null for the kernel's default.</param>
    public void Make(bool inMemory, long? size, bool readOnly, CancellationToken ct)
    {
        var mounter = pod.Node.Mounter;
        var mounted = inMemory && mounter.IsMounted(Path);
        if (File.Exists(Mark) && (inMemory ? mounted : Directory.Exists(Path))) return;
        if (!mounted)
        {
            Directory.CreateDirectory(Path);
            File.SetUnixFileMode(Path, Everybody); // whatever the umask is
            if (inMemory) mounter.MountTmpfs(Path, size);
        }
        Ownership.Apply(Path, pod.Pod.Spec.SecurityContext?.FsGroup, readOnly, ct);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Mark)!, Own);
        File.WriteAllBytes(Mark, []);
    }
}
