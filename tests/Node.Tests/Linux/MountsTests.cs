using Coxswain.Node.Linux;

namespace Coxswain.Node.Tests.Linux;

public sealed class MountsTests
{
    [Theory]
    [InlineData("/plain/path", "/plain/path")]
    [InlineData(@"/a\040b\011c\134d", "/a b\tc\\d")]
    [InlineData(@"/ends\04", @"/ends\04")]
    public void Unescape_OfAMountPoint_IsItsPath(string written, string path) => Assert.Equal(path, Mounts.Unescape(written));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void UnmountUnder_TakesWhatLiesBelow_AndTheDirectoryItselfWhenAsked(bool itself)
    {
        Assert.SkipWhen(Environment.UserName != "root", "needs root");
        var root = Directory.CreateTempSubdirectory("cox mounts-").FullName;
        var beside = Directory.CreateDirectory(root + "-beside").FullName;
        try
        {
            foreach (var point in (string[])[root, Path.Combine(root, "a b"), Path.Combine(root, "a b", "deep"), Path.Combine(root, "a b", "deep"), beside])
                Syscalls.Mount("tmpfs", Directory.CreateDirectory(point).FullName, "tmpfs", 0, "size=64k");
            Mounts.UnmountUnder(root + "/", itself);
            string[] left = itself ? [beside] : [root, beside];
            Assert.Equal(left, Mounts.Points().Where(p => p.StartsWith(root, StringComparison.Ordinal)));
            Mounts.UnmountUnder(Path.Combine(root, "gone"), itself); // nothing there
        }
        finally
        {
            Mounts.UnmountUnder(root, itself: true);
            Mounts.UnmountUnder(beside, itself: true);
            Directory.Delete(root, recursive: true);
            Directory.Delete(beside);
        }
    }
}
