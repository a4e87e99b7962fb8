using Coxswain.Node.Linux;
using k8s.Models;

namespace Coxswain.Node.Volumes;

/// <summary>A path of the node itself.</summary>
internal sealed class HostPathVolume(V1HostPathVolumeSource source, bool materialize) : IVolume
{
    public string Path => source.Path;
    public bool ReadOnly => false;

    public Task SetUpAsync(CancellationToken ct)
    {
        if (!materialize) return Task.CompletedTask;
        switch (source.Type)
        {
            case null or "":
                break;
            case "DirectoryOrCreate":
                if (!Exists()) Directory.CreateDirectory(Path, (UnixFileMode)0b111_101_101);
                Require(Directory.Exists(Path), "a directory");
                break;
            case "FileOrCreate":
                if (!Exists()) Create();
                Require(File.Exists(Path), "a file");
                break;
            case "Directory": Require(Directory.Exists(Path), "a directory"); break;
            case "File": Require(File.Exists(Path), "a file"); break;
            case "Socket": Require(Is(FileKind.Socket), "a socket file"); break;
            case "CharDevice": Require(Is(FileKind.CharDevice), "a character device"); break;
            case "BlockDevice": Require(Is(FileKind.BlockDevice), "a block device"); break;
        }
        return Task.CompletedTask;
    }

    public void Dispose() { }

    private bool Exists() => File.Exists(Path) || Directory.Exists(Path);

    private bool Is(FileKind kind) => FileStatus.Of(Path).Kind == kind;

    /// <summary>
    /// Without waiting, should a pipe be there by now. Links are followed, as upstream: the path is the node's, and who may write there is
    /// the administrator's matter.
    /// </summary>
    private void Create() => Syscalls.Open(Path, Syscalls.WriteOnly | Syscalls.Create | Syscalls.NonBlocking, 0b110_100_100).Dispose();

    private void Require(bool satisfied, string what)
    {
        if (!satisfied) throw new VolumeException($"hostPath type check failed: {Path} is not {what}");
    }
}
