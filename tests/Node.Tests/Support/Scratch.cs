using Coxswain.Node.Linux;

namespace Coxswain.Node.Tests;

/// <summary>A directory for one test. Whatever the test left in it, mounts too, goes with it.</summary>
internal sealed class Scratch : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cox-scratch-").FullName;

    public string At(string path) => System.IO.Path.Combine(Path, path);

    public string MakeDirectory(string path) => Directory.CreateDirectory(At(path)).FullName;

    public string MakeFile(string path, string text = "", int mode = 0b110_100_100)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
        File.SetUnixFileMode(At(path), (UnixFileMode)mode);
        return At(path);
    }

    public void MakeLink(string path, string target) => File.CreateSymbolicLink(At(path), target);

    public void MakePipe(string path)
    {
        using var made = System.Diagnostics.Process.Start("mkfifo", [At(path)]);
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }

    /// <summary>Directories in one another, deeper than any path is long.</summary>
    public void MakeDeep(string path, int depth)
    {
        var current = PathHandle.OpenTrusted(MakeDirectory(path));
        for (var i = 0; i < depth; i++)
        {
            var next = current.MakeDirectories("d", 0b111_101_101);
            current.Dispose();
            current = next;
        }
        current.Dispose();
    }

    public void Dispose()
    {
        Mounts.UnmountUnder(Path, itself: true);
        TreeRemoval.Remove(Path, CancellationToken.None);
    }
}
