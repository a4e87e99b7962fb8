using Coxswain.Node.Tests.Support;

namespace Coxswain.Node.Tests;

public sealed class LockHoldersTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cox-lock-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_directory.FullName, "cox.lock");
    private LockHolders Holders => new(File, "up");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Find_OfALock_NamesItsHolderAlsoWhenTheFileIsGone(bool gone)
    {
        using var holder = await HeldProcess.StartAsync("cox", $"exec 9> {File}; flock -x 9", ["cox", "up"]);
        if (gone) System.IO.File.Delete(File);

        Assert.Equal([holder.Id], Holders.Find());
    }

    [Theory]
    [InlineData("exec 9> FILE", "up")] // open, not locked
    [InlineData("exec 9> FILE; flock -s 9", "up")]
    [InlineData("exec 9> FILE; flock -x 9", "down")]
    [InlineData("exec 9> FILE-other; flock -x 9", "up")]
    public async Task Find_OfWhatIsNoServer_IsNobody(string script, string verb)
    {
        using var holder = await HeldProcess.StartAsync("cox", script.Replace("FILE", File, StringComparison.Ordinal), ["cox", verb]);

        Assert.Empty(Holders.Find());
    }

    [Theory]
    [InlineData("trap 'exit 0' TERM")]
    [InlineData("trap '' TERM")]
    public async Task End_AsksAndThenKills(string script)
    {
        using var holder = await HeldProcess.StartAsync("cox", $"{script}; exec 9> {File}; flock -x 9", ["cox", "up"]);

        await Holders.EndAsync(TimeSpan.FromMilliseconds(300), TimeProvider.System, Ct);

        Assert.False(holder.IsAlive);
        Assert.Empty(Holders.Find());
    }
}
