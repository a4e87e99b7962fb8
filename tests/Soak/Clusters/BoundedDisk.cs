namespace Coxswain.Soak.Clusters;

/// <summary>A file system of its own, small enough to be filled. A cluster's data directory lies below it.</summary>
internal sealed class BoundedDisk
{
    private readonly string _path;

    private BoundedDisk(string path) => _path = path;

    private string Ballast => Path.Combine(_path, "ballast");

    public static BoundedDisk Mount(string path, long bytes)
    {
        Directory.CreateDirectory(path);
        SystemCalls.MountMemory(path, bytes);
        return new BoundedDisk(path);
    }

    /// <summary>Takes all that is free; may be called again when something has become free meanwhile.</summary>
    public void Fill()
    {
        foreach (var size in (int[])[1 << 20, 4096])
        {
            try { Append(new byte[size]); }
            catch (IOException) { } // full: that is what was wanted
        }
    }

    public void Free() => File.Delete(Ballast);

    /// <summary>Null, or why it is still used; then it goes with its last user.</summary>
    public string? Unmount()
    {
        var busy = SystemCalls.Unmount(_path, detach: false);
        if (busy is not null) SystemCalls.Unmount(_path, detach: true);
        return busy;
    }

    private void Append(byte[] block)
    {
        // Without a buffer: each write is tried, and none is left over for the file's end.
        using var file = new FileStream(Ballast,
            new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, BufferSize = 0 });
        while (true) file.Write(block);
    }
}
