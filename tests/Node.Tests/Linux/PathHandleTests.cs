using Coxswain.Node.Linux;

namespace Coxswain.Node.Tests.Linux;

public sealed class PathHandleTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public PathHandleTests()
    {
        _scratch.MakeFile("root/dir/file", "content");
        _scratch.MakeFile("outside/secret", "secret");
        _scratch.MakeLink("root/in", "dir");
        _scratch.MakeLink("root/absolute", _scratch.At("root/dir"));
        _scratch.MakeLink("root/dir/up", "../dir/file");
        _scratch.MakeLink("root/out", "../outside");
        _scratch.MakeLink("root/far", _scratch.At("outside"));
        _scratch.MakeLink("root/beside", _scratch.At("root-beside"));
        _scratch.MakeLink("root/dangling", "nothing");
        _scratch.MakeLink("root/loop", "loop");
        _scratch.MakeLink("root/proc", "/proc/self/root");
    }

    public void Dispose() => _scratch.Dispose();

    private PathHandle Root() => PathHandle.OpenTrusted(_scratch.At("root"));

    /// <summary>By the kernel's own call and, as on kernels without it, name by name.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_LinkInTheMiddleOrDots_Fails_AndAtTheEndIsTheLink(bool byName)
    {
        using var root = Syscalls.Open(_scratch.At("root"), Syscalls.PathOnly);
        PathHandle Open(string path) => 
            new((byName ? BeneathOpener.TryWalk(root, Syscalls.NameOf(path), out var error) : BeneathOpener.TryOpen(root, Syscalls.NameOf(path), out error)) ?? throw Syscalls.Failed(path, error));
        using (var file = Open("dir/file")) Assert.Equal((FileKind.Regular, 7), (file.Status.Kind, file.Status.Size));
        foreach (var link in (string[])["out", "far", "in", "proc"])
            using (var opened = Open(link)) Assert.Equal(FileKind.SymbolicLink, opened.Status.Kind);
        foreach (var path in (string[])["out/secret", "far/secret", "in/file", "proc/etc", "..", "../outside", "dir/../../outside/secret"])
            Assert.Throws<IOException>(() => Open(path));
        Assert.Equal(Errno.NotFound, Assert.Throws<IOException>(() => Open("dir/none")).HResult);
    }

    [Theory]
    [InlineData("dir/file", "dir/file", "")]
    [InlineData("./dir//file", "dir/file", "")]
    [InlineData("in/file", "dir/file", "")]
    [InlineData("absolute/file", "dir/file", "")]
    [InlineData("in/up", "dir/file", "")]
    [InlineData("in/a/b", "dir", "a/b")]
    [InlineData("new", "", "new")]
    [InlineData(".", "", "")]
    public void Resolve_StaysBeneath_LeadsThere(string path, string existing, string missing)
    {
        using var root = Root();
        var resolved = BeneathPath.Resolve(root, path);
        Assert.Equal((existing, missing), (resolved.Existing, string.Join('/', resolved.Missing)));
    }

    [Theory]
    [InlineData("out")]
    [InlineData("out/secret")]
    [InlineData("out/new")]
    [InlineData("far")]
    [InlineData("beside")]
    [InlineData("proc/etc")]
    [InlineData("dangling")]
    [InlineData("dangling/new")]
    [InlineData("loop")]
    [InlineData("dir/file/x")]
    public void Resolve_LeadsOutOrNowhere_Fails(string path)
    {
        using var root = Root();
        Assert.Throws<IOException>(() => BeneathPath.Resolve(root, path));
    }

    [Fact]
    public void MakeDirectories_GivesTheLastItsMode_AndFollowsNoLink()
    {
        using var root = Root();
        using (var made = root.MakeDirectories("a/b/c", 0b111_111_111)) Assert.True(made.Status.IsDirectory);
        Assert.Equal(0b111_111_111, (int)File.GetUnixFileMode(_scratch.At("root/a/b/c")));
        foreach (var path in (string[])["out/x", "far/x", "in/x", "../x", "a/../../x"]) Assert.Throws<IOException>(() => root.MakeDirectories(path, 0b111_111_111));
        Assert.Equal([_scratch.At("outside/secret")], Directory.GetFileSystemEntries(_scratch.At("outside")));
        Assert.False(Directory.Exists(_scratch.At("x")));
    }

    /// <summary>Whoever opens a pipe for reading waits for a writer; a device may do anything.</summary>
    [Fact]
    public void OpenRead_PipeDeviceDirectoryOrLink_FailsAtOnce()
    {
        _scratch.MakePipe("root/pipe");
        using var root = Root();
        foreach (var name in (string[])["pipe", "dir", "far", "in"])
        {
            using var opened = root.Open(name);
            Assert.Equal("not a regular file", Assert.Throws<IOException>(() => opened.OpenRead()).Message);
        }
        using var zero = PathHandle.OpenTrusted("/dev/zero");
        Assert.Throws<IOException>(() => zero.OpenRead());
        using var file = root.Open("dir/file");
        using var reader = new StreamReader(file.OpenRead());
        Assert.Equal("content", reader.ReadToEnd());
    }

    [Fact]
    public void ChangeMode_OfALink_IsRefused_AndWhatItLeadsToStays()
    {
        using var root = Root();
        using var link = root.Open("far");
        Assert.Throws<IOException>(() => link.ChangeMode(0));
        Assert.Equal(0b111_101_101, (int)File.GetUnixFileMode(_scratch.At("outside")));
    }
}
