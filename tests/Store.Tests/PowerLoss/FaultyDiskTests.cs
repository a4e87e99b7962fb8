namespace Coxswain.Store.Tests.PowerLoss;

/// <summary>A disk that is full, dead or unreadable is called that, by writes, health and start alike.</summary>
public sealed class FaultyDiskTests
{
    private const string Fails = "the disk fails to read or write (input/output error)";

    [Fact]
    public async Task FailingDisk_IsNamedInPlainWords()
    {
        using var recorder = new Recorder();
        var said = await recorder.RunAsync("faults");
        TestContext.Current.TestOutputHelper?.WriteLine(said);
        Assert.Equal(
            [
                "full write the write could not be made durable: the disk is full",
                "full health the disk is full",
                "full healed ",
                $"dead write the write could not be made durable: {Fails}",
                $"dead health {Fails}",
                "dead healed ",
                $"unreadable open {recorder.Watched}/unreadable/store.db cannot be opened: {Fails}. Check the disk, and that the directory exists and this user may write to it",
                "unreadable again 1",
                $"scratched open {recorder.Watched}/scratched/store.db cannot be read: {Fails}. Check the disk", // SQLite calls it malformed
                "scratched again 1",
            ], said.Split('\n').SkipLast(1));
    }
}
