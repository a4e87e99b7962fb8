using System.Diagnostics;
using Coxswain.Node.Linux;

namespace Coxswain.Node.Tests.Linux;

/// <summary>Walking through and removing what a container has made of a directory.</summary>
public sealed class TreeTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private List<string> Visit(string directory, Action<int>? each = null, CancellationToken? ct = null)
    {
        using var root = PathHandle.OpenTrusted(_scratch.At(directory));
        var seen = new List<string>();
        TreeWalk.Visit(root, entry =>
        {
            seen.Add(Path.GetRelativePath(_scratch.Path, entry.RealPath));
            each?.Invoke(seen.Count);
        }, ct ?? TestContext.Current.CancellationToken);
        return seen;
    }

    private static int OpenFiles() => Directory.GetFiles("/proc/self/fd").Length;

    [Fact]
    public void Visit_LinksOutAndToItself_AreSeenAndNotFollowed()
    {
        _scratch.MakeFile("outside/secret");
        _scratch.MakeFile("v/a/file");
        _scratch.MakeLink("v/a/one", ".");
        _scratch.MakeLink("v/a/two", ".");
        _scratch.MakeLink("v/out", _scratch.At("outside"));
        _scratch.MakePipe("v/pipe");
        Assert.Equal(["v", "v/a", "v/a/file", "v/a/one", "v/a/two", "v/out", "v/pipe"], Visit("v").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Visit_VeryDeepTree_TakesFewHandles_AndComesBack()
    {
        const int Depth = 3000; // paths end at 4096 bytes
        _scratch.MakeDeep("v", Depth);
        var before = OpenFiles();
        var most = 0;
        using (var root = PathHandle.OpenTrusted(_scratch.At("v")))
        {
            var count = 0;
            TreeWalk.Visit(root, _ => { if (++count % 500 == 0) most = Math.Max(most, OpenFiles()); }, CancellationToken.None);
            Assert.Equal(Depth + 1, count);
        }
        Assert.True(most < before + Depth / 3, $"{before} files were open before, {most} meanwhile"); // other tests open some, too
        TreeRemoval.Remove(_scratch.At("v"), CancellationToken.None);
        Assert.False(Directory.Exists(_scratch.At("v")));
    }

    [Fact]
    public void Visit_Cancelled_EndsAtOnce()
    {
        for (var i = 0; i < 100; i++) _scratch.MakeDirectory($"v/{i}");
        using var cancel = new CancellationTokenSource();
        var last = 0;
        Assert.Throws<OperationCanceledException>(() => Visit("v", count =>
        {
            last = count;
            if (count == 10) cancel.Cancel();
        }, cancel.Token));
        Assert.Equal(10, last);
    }

    [Fact]
    public void Visit_DirectoryMovedAwayDuringTheWalk_Fails_AndGoesNowhereElse()
    {
        _scratch.MakeFile("v/a/b/file");
        _scratch.MakeFile("elsewhere/secret");
        var seen = new List<string>();
        using var root = PathHandle.OpenTrusted(_scratch.At("v"));
        Assert.Throws<IOException>(() => TreeWalk.Visit(root, entry =>
        {
            seen.Add(Path.GetFileName(entry.RealPath));
            if (seen[^1] == "file") Directory.Move(_scratch.At("v/a/b"), _scratch.At("elsewhere/b"));
        }, CancellationToken.None));
        Assert.DoesNotContain("secret", seen);
    }

    [Fact]
    public void MountInTheTree_IsNotEntered_AndStopsTheRemoval()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root");
        _scratch.MakeFile("host/precious");
        _scratch.MakeFile("v/a/file");
        var point = _scratch.MakeDirectory("v/a/mounted");
        Syscalls.Mount(_scratch.At("host"), point, "", Syscalls.MountBind, ""); // of the same file system: only the mount tells them apart
        Assert.DoesNotContain("v/a/mounted/precious", Visit("v"));
        var refused = Assert.Throws<IOException>(() => TreeRemoval.Remove(_scratch.At("v"), CancellationToken.None));
        Assert.Equal($"{_scratch.At("v")} cannot be removed: something is still mounted on mounted in it; unmount it, and it will be removed at the next try", refused.Message);
        Assert.True(File.Exists(_scratch.At("host/precious")));
        Mounts.UnmountUnder(_scratch.At("v"), itself: true);
        TreeRemoval.Remove(_scratch.At("v"), CancellationToken.None);
        Assert.Equal((false, true), (Directory.Exists(_scratch.At("v")), File.Exists(_scratch.At("host/precious"))));
    }

    /// <summary>.NET's own removal cannot name such a file, and the Pod would never go.</summary>
    [Fact]
    public void Remove_NamesThatAreNoText_GoToo()
    {
        _scratch.MakeDirectory("v");
        using (var made = Process.Start("sh", ["-c", "cd \"$1\" && mkdir \"$(printf 'd\\377')\" && touch \"$(printf 'f\\377')\" \"$(printf 'd\\377/f\\376')\"", "sh", _scratch.At("v")])) made.WaitForExit();
        Assert.Equal(3, Visit("v").Count - 1);
        TreeRemoval.Remove(_scratch.At("v"), CancellationToken.None);
        Assert.False(Directory.Exists(_scratch.At("v")));
    }

    [Fact]
    public void Remove_OfManyDirectoriesAndLinksOut_LeavesWhatIsOutside()
    {
        _scratch.MakeFile("outside/secret");
        for (var i = 0; i < 2000; i++) _scratch.MakeDirectory($"v/{i}");
        _scratch.MakeLink("v/7/out", _scratch.At("outside"));
        _scratch.MakeLink("top", _scratch.At("outside"));
        TreeRemoval.Remove(_scratch.At("v"), CancellationToken.None);
        TreeRemoval.Remove(_scratch.At("top"), CancellationToken.None); // the link, not what it leads to
        TreeRemoval.Remove(_scratch.At("none"), CancellationToken.None);
        Assert.Equal([_scratch.At("outside")], Directory.GetFileSystemEntries(_scratch.Path));
        Assert.True(File.Exists(_scratch.At("outside/secret")));
    }

    /// <summary>A bind mount shares mounts with its source: taking it down must not take the node's own down with it.</summary>
    [Fact]
    public void UnmountUnder_OfASharedBind_LeavesTheSourcesMounts()
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root");
        var source = _scratch.MakeDirectory("source");
        Syscalls.Mount("tmpfs", source, "tmpfs", 0, "");
        Syscalls.Mount("", source, "", Syscalls.MountShared, "");
        var copy = _scratch.MakeDirectory("pod/copy");
        Syscalls.Mount(source, copy, "", Syscalls.MountBind, "");
        Syscalls.Mount("tmpfs", _scratch.MakeDirectory("source/later"), "tmpfs", 0, "");
        Assert.Contains(_scratch.At("pod/copy/later"), Mounts.Points()); // it came through
        Mounts.UnmountUnder(_scratch.At("pod"), itself: true);
        Assert.Equal([source, _scratch.At("source/later")], Mounts.Points().Where(p => p.StartsWith(_scratch.Path, StringComparison.Ordinal)).Order());
    }
}
