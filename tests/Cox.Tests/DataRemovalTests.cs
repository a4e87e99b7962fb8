using System.Diagnostics;

namespace Coxswain.CoxTests;

public sealed class DataRemovalTests : IDisposable
{
    private readonly DirectoryInfo _outer = Directory.CreateTempSubdirectory("cox-removal-");
    private readonly List<string> _mounted = [];

    private string Data => Path.Combine(_outer.FullName, "data");
    private DataRemoval Removal => new(new DataDirectory(Data));

    public void Dispose()
    {
        foreach (var point in Enumerable.Reverse(_mounted)) Run("umount", "-l", point);
        _outer.Delete(recursive: true);
    }

    [Fact]
    public void RemoveAll_DeletesTheDirectory()
    {
        Fill();
        Removal.RemoveAll();
        Assert.False(Directory.Exists(Data));
        Removal.RemoveAll(); // nothing there
    }

    [Fact]
    public void RemoveAll_OfAMountPoint_EmptiesItAndKeepsIt()
    {
        Mount(Data);
        Fill();

        Removal.RemoveAll();

        Assert.Empty(Directory.EnumerateFileSystemEntries(Data));
        Assert.True(IsMounted(Data));
    }

    [Fact]
    public void RemoveAll_WithADiskForOnePart_EmptiesThatToo()
    {
        Mount(Path.Combine(Data, "containerd"));
        Fill();

        Removal.RemoveAll();

        Assert.Equal([Path.Combine(Data, "containerd")], Directory.EnumerateFileSystemEntries(Data));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Data, "containerd")));
    }

    [Fact]
    public void RemoveAll_WithSomethingMountedDeepInside_DeletesNothingAndNamesIt()
    {
        var inner = Path.Combine(Data, "node", "pods", "x");
        Mount(inner);
        Fill();
        File.WriteAllText(Path.Combine(inner, "precious"), "");

        var e = Assert.Throws<CommandException>(Removal.RemoveAll);

        Assert.Equal($"something is mounted on {inner}, so nothing in {Data} was deleted; unmount it (umount {inner}) and run this again", e.Message);
        Assert.True(File.Exists(Path.Combine(inner, "precious")) && File.Exists(Path.Combine(Data, "state.db")));
    }

    [Fact]
    public void RemoveAll_ThroughASymbolicLink_DeletesWhatItLeadsToAndKeepsTheLink()
    {
        var target = _outer.CreateSubdirectory("target").FullName;
        Directory.CreateSymbolicLink(Data, target);
        Fill();

        Removal.RemoveAll();

        Assert.Empty(Directory.EnumerateFileSystemEntries(target));
        Assert.NotNull(new DirectoryInfo(Data).LinkTarget);
    }

    [Fact]
    public void RemoveAll_FollowsNoLinkInside()
    {
        var precious = _outer.CreateSubdirectory("elsewhere").CreateSubdirectory("precious").FullName;
        Fill();
        Directory.CreateSymbolicLink(Path.Combine(Data, "node", "link"), Path.GetDirectoryName(precious)!);
        Directory.CreateSymbolicLink(Path.Combine(Data, "images"), Path.GetDirectoryName(precious)!);

        Removal.RemoveAll();

        Assert.True(Directory.Exists(precious));
        Assert.False(Path.Exists(Data));
    }

    [Fact]
    public void RemoveKnown_LeavesWhatNoClusterMade()
    {
        Fill();
        foreach (var name in (string[])["notes.txt", "cox-notes", "statement.db"]) File.WriteAllText(Path.Combine(Data, name), "");

        Assert.Equal(["cox-notes", "notes.txt", "statement.db"], Removal.RemoveKnown());

        Assert.Equal(["cox-notes", "notes.txt", "statement.db"], Directory.EnumerateFileSystemEntries(Data).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void RemoveAll_OfAReadOnlyFileSystem_SaysSoInOneLine()
    {
        Mount(Data);
        Fill();
        Run("mount", "-o", "remount,ro", Data);

        var e = Assert.Throws<CommandException>(Removal.RemoveAll);

        Assert.StartsWith($"{Data} cannot be deleted: {Data}/", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("Read-only file system", e.Message, StringComparison.Ordinal);
    }

    private void Fill()
    {
        foreach (var name in (string[])["cluster.json", "state.db", "state.db-wal", "cox.lock", "pki/ca.key", "node/pods/x/y", "containerd/root/z", "before-restore-1/state.db"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Data, name))!);
            File.WriteAllText(Path.Combine(Data, name), "");
        }
    }

    private void Mount(string point)
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root");
        Directory.CreateDirectory(point);
        Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", point);
        _mounted.Add(point);
    }

    private static bool IsMounted(string point) => File.ReadLines("/proc/self/mountinfo").Any(line => line.Split(' ')[4] == point);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
