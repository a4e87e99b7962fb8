namespace Coxswain.EndToEnd.Harness;

/// <summary>A file system in memory of a given size, for one test.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _filler;

    private SmallDisk(string path) => (Path, _filler) = (path, System.IO.Path.Combine(path, "filler"));

    public string Path { get; }

    public static async Task<SmallDisk> MountAsync(string size, string? at = null)
    {
        var disk = new SmallDisk(at ?? Directory.CreateTempSubdirectory("cox-e2e-disk-").FullName);
        Directory.CreateDirectory(disk.Path);
        (await Command.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={size}", "tmpfs", disk.Path])).Succeeded();
        return disk;
    }

    /// <summary>Until nothing more goes on it.</summary>
    public async Task FillAsync() => await Command.RunAsync("sh", ["-c", $"cat /dev/zero >> {_filler}"]);

    public void Free() => File.Delete(_filler);

    public async Task RemountAsync(string options) => (await Command.RunAsync("mount", ["-o", $"remount,{options}", Path])).Succeeded();

    public async ValueTask DisposeAsync()
    {
        await Command.RunAsync("umount", ["-l", Path]);
        Directory.Delete(Path, recursive: true);
    }
}
