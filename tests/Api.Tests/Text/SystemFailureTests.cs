using System.Net;
using System.Net.Sockets;

namespace Coxswain.Api.Tests.Text;

public sealed class SystemFailureTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("failure-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Describe_OfAFullDevice_NamesTheFileAndWhatToDo() =>
        Assert.Equal("/dev/full: no space is left on the device; free some and try again", Failing(() => File.WriteAllText("/dev/full", "x")));

    [Fact]
    public void Describe_OfAMissingFileOrDirectory_NamesIt()
    {
        var path = Path.Combine(_directory.FullName, "none");
        Assert.Equal($"{path}: no such file or directory", Failing(() => File.ReadAllText(path)));
        Assert.Equal($"{path}/deeper: no such file or directory", Failing(() => File.ReadAllText(path + "/deeper")));
    }

    [Fact]
    public void Describe_OfAPathThroughAFile_SaysSo()
    {
        var file = Path.Combine(_directory.FullName, "file");
        File.WriteAllText(file, "");
        Assert.Equal($"{file}/x: a part of the path is a file, not a directory", Failing(() => Directory.CreateDirectory(file + "/x")));
    }

    [Fact]
    public void Describe_OfADirectoryThatShouldBeAFile_NamesIt() =>
        Assert.StartsWith($"{_directory.FullName}: ", Failing(() => File.WriteAllText(_directory.FullName, "x")), StringComparison.Ordinal);

    [Fact]
    public void Describe_OfAReadOnlyFileSystem_SaysSo() =>
        Assert.Matches("^/(proc|sys)/[^:]*: (the file system is read-only|permission denied; cox must run as root|no such file or directory|the operation is not permitted.*)$",
            Failing(() => Directory.CreateDirectory("/proc/sys/made")));

    [Fact]
    public void Describe_OfOurOwnWords_LeavesThemAsTheyAre() =>
        Assert.Equal("iptables: Bad rule (does a matching rule exist in that chain?).", SystemFailure.Describe(new IOException("iptables: Bad rule (does a matching rule exist in that chain?).")));

    [Fact]
    public void Describe_OfAnAddressInUse_IsTheSystemsText()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        using var second = new TcpListener(IPAddress.Loopback, ((IPEndPoint)first.LocalEndpoint).Port);
        Assert.Equal("Address already in use", Failing(second.Start));
    }

    private static string Failing(Action action)
    {
        var e = Record.Exception(action);
        Assert.NotNull(e);
        Assert.True(SystemFailure.Is(e), $"{e}");
        return SystemFailure.Describe(e);
    }
}
