using Coxswain.Node.Linux;

namespace Coxswain.Node.Tests.Linux;

/// <summary>Directories and files that only their owner may use, whatever was there before.</summary>
public sealed class PrivateFileTests : IDisposable
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int Nobody = 65534;

    private readonly string _directory = Directory.CreateTempSubdirectory("cox-private-").FullName;

    private string Path(string name) => System.IO.Path.Combine(_directory, name);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Ensure_NothingThere_MakesItForTheOwnerAlone()
    {
        Assert.Null(PrivateDirectory.Ensure(Path("new")));
        Assert.Equal(PrivateDirectory.Mode, File.GetUnixFileMode(Path("new")));
    }

    [Theory]
    [InlineData(0b111_101_101)]
    [InlineData(0b111_111_111)]
    [InlineData(0b111_000_001)]
    public void Ensure_OthersMayLookIn_TheyMayNotAndTheModeIsTold(int mode)
    {
        Directory.CreateDirectory(Path("loose"));
        File.SetUnixFileMode(Path("loose"), (UnixFileMode)mode);

        Assert.Equal((UnixFileMode)mode, PrivateDirectory.Ensure(Path("loose")));
        Assert.Equal(PrivateDirectory.Mode, File.GetUnixFileMode(Path("loose")));
        Assert.Null(PrivateDirectory.Ensure(Path("loose")));
    }

    [Fact]
    public void Ensure_SomebodyElses_IsRefusedAndLeftAlone()
    {
        Assert.SkipUnless(FileOwner.Self == 0, "needs root");
        Directory.CreateDirectory(Path("theirs"));
        Give(Path("theirs"));

        var refused = Assert.Throws<IOException>(() => PrivateDirectory.Ensure(Path("theirs")));
        Assert.Equal($"{Path("theirs")} belongs to user 65534; remove it, or give it to user 0", refused.Message);
        Assert.Equal((uint)Nobody, FileOwner.Of(Path("theirs")));
    }

    /// <summary>A link to a directory of root's, put there while the parent was open to others.</summary>
    [Fact]
    public void Ensure_LinkThatSomebodyElseMade_IsRefusedAndItsTargetLeftAlone()
    {
        Assert.SkipUnless(FileOwner.Self == 0, "needs root");
        Directory.CreateDirectory(Path("target"));
        File.SetUnixFileMode(Path("target"), (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(Path("link"), Path("target"));
        Give(Path("link"));

        Assert.Throws<IOException>(() => PrivateDirectory.Ensure(Path("link")));
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(Path("target")));
    }

    [Fact]
    public void Tighten_LinkOrNothing_IsLeftAlone()
    {
        Directory.CreateDirectory(Path("target"));
        File.SetUnixFileMode(Path("target"), (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(Path("link"), Path("target"));

        Assert.Null(PrivateDirectory.Tighten(Path("link")));
        Assert.Null(PrivateDirectory.Tighten(Path("missing")));
        Assert.Equal((UnixFileMode)0b111_101_101, File.GetUnixFileMode(Path("target")));
        Assert.False(Directory.Exists(Path("missing")));
    }

    [Fact]
    public void Lock_LooseFileOfAnEarlierVersion_IsClosedToOthers()
    {
        File.WriteAllText(Path("lock"), "");
        File.SetUnixFileMode(Path("lock"), (UnixFileMode)0b110_110_110);

        using var held = PrivateFile.Lock(Path("lock"));
        Assert.Equal(OwnersFile, File.GetUnixFileMode(Path("lock")));
        Assert.Throws<IOException>(() => PrivateFile.Lock(Path("lock")));
        Assert.Equal(Environment.ProcessId, PrivateFile.LockedBy(Path("lock")));
    }

    [Fact]
    public void LockedBy_NobodyHasIt_IsNull()
    {
        PrivateFile.Lock(Path("free")).Dispose();
        Assert.Null(PrivateFile.LockedBy(Path("free")));
        Assert.Null(PrivateFile.LockedBy(Path("missing")));
    }

    [Fact]
    public void WriteAllText_LinkInItsPlace_IsReplacedAndItsTargetNotWritten()
    {
        File.WriteAllText(Path("precious"), "as it was");
        File.CreateSymbolicLink(Path("pid"), Path("precious"));

        PrivateFile.WriteAllText(Path("pid"), "17");
        PrivateFile.WriteAllText(Path("pid"), "4");

        Assert.Equal("as it was", File.ReadAllText(Path("precious")));
        Assert.Equal("4", File.ReadAllText(Path("pid")));
        Assert.Equal(OwnersFile, File.GetUnixFileMode(Path("pid")));
    }

    [Fact]
    public void Lock_FileThatSomebodyElseMade_IsAnotherFile()
    {
        Assert.SkipUnless(FileOwner.Self == 0, "needs root");
        File.WriteAllText(Path("lock"), "");
        Give(Path("lock"));
        using var theirs = new FileStream(Path("lock"), FileMode.Open, FileAccess.Read, FileShare.None); // they lock it, and keep it

        using var held = PrivateFile.Lock(Path("lock"));
        Assert.Equal(0u, FileOwner.Of(Path("lock")));
    }

    private static void Give(string path)
    {
        using var directory = PathHandle.OpenTrusted(System.IO.Path.GetDirectoryName(path)!);
        using var entry = directory.Open(System.IO.Path.GetFileName(path)); // the link itself where it is one
        entry.ChangeOwner(Nobody, Nobody);
    }
}
