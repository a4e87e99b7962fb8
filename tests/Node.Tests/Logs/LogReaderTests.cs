using System.Text;
using Coxswain.Api;
using Coxswain.Client;
using Coxswain.Node.Linux;
using Coxswain.Node.Logs;

namespace Coxswain.Node.Tests.Logs;

public sealed class LogReaderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("coxswain-log-").FullName;
    private string File0 => Path.Combine(_directory, "0.log");

    private const string Three = "2026-01-02T03:04:05.000000001Z stdout F one\n2026-01-02T03:04:06.5Z stderr P tw\n2026-01-02T03:04:06.6Z stderr F o\n2026-01-02T03:04:07Z stdout F three\n";

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private async Task<string> ReadAsync(LogOptions options)
    {
        await File.WriteAllTextAsync(File0, Three, TestContext.Current.CancellationToken);
        using var reader = new LogReader(new LogFile(_directory, "0.log"), options, TimeProvider.System, () => true);
        using var output = new MemoryStream();
        await reader.CopyAsync(output, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    [Fact]
    public async Task Whole_JoinsPartialLines() => Assert.Equal("one\ntwo\nthree\n", await ReadAsync(new LogOptions()));

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "three\n")]
    [InlineData(3, "two\nthree\n")]
    [InlineData(99, "one\ntwo\nthree\n")]
    public async Task Tail_BeginsThatManyEntriesFromTheEnd(int lines, string text) => Assert.Equal(text, await ReadAsync(new LogOptions { TailLines = lines }));

    [Fact]
    public async Task Since_LeavesOutWhatIsOlder() => Assert.Equal("three\n", await ReadAsync(new LogOptions { Since = new DateTimeOffset(2026, 1, 2, 3, 4, 7, TimeSpan.Zero) }));

    [Fact]
    public async Task LimitBytes_CutsOff() => Assert.Equal("one\nt", await ReadAsync(new LogOptions { LimitBytes = 5 }));

    [Fact]
    public async Task Stream_SelectsOne() => Assert.Equal("two\n", await ReadAsync(new LogOptions { Stream = "Stderr" }));

    [Fact]
    public async Task Timestamps_AreAsWritten() => Assert.StartsWith("2026-01-02T03:04:05.000000001Z one\n", await ReadAsync(new LogOptions { Timestamps = true }), StringComparison.Ordinal);

    /// <summary>A Pod that mounts the directory of all logs may have put there what it likes.</summary>
    [Theory]
    [InlineData("link", "a/c/0.log", "not a regular file")]
    [InlineData("pipe", "a/c/0.log", "not a regular file")]
    [InlineData("linked directory", "linked/0.log", "open linked/0.log: ")]
    public async Task OtherThanAFileInItsPlace_IsNotRead(string what, string name, string why)
    {
        using var scratch = new Scratch();
        scratch.MakeFile("outside/0.log", Three);
        scratch.MakeDirectory("logs/a/c");
        if (what == "link") scratch.MakeLink("logs/a/c/0.log", scratch.At("outside/0.log"));
        if (what == "pipe") scratch.MakePipe("logs/a/c/0.log");
        scratch.MakeLink("logs/linked", scratch.At("outside"));
        foreach (var follow in (bool[])[false, true])
        {
            using var reader = new LogReader(new LogFile(scratch.At("logs"), name), new LogOptions { Follow = follow }, TimeProvider.System, () => true);
            using var output = new MemoryStream();
            var refused = await Assert.ThrowsAsync<StatusException>(() => reader.CopyAsync(output, TestContext.Current.CancellationToken));
            if (!follow || what != "linked directory") Assert.Contains($"the log {name} cannot be read: {why}", refused.Message, StringComparison.Ordinal);
            Assert.Equal((500, 0), (refused.Code, (int)output.Length));
        }
        Assert.Equal([scratch.At("outside/0.log")], Directory.GetFileSystemEntries(scratch.At("outside")));
    }

    [Theory]
    [InlineData(10, "0-line\n1-line\n2-line\n3-line\n4-line\n5-line\n6-line\n7-line\n8-line\n9-line\n")]
    [InlineData(200_000, "199998-line\n199999-line\n")]
    public void LogTail_HasTheLastLines_HoweverLongTheFile(int count, string end)
    {
        using var scratch = new Scratch();
        scratch.MakeFile("0.log", string.Concat(Enumerable.Range(0, count).Select(i => $"2026-01-02T03:04:05Z stdout F {i}-line\n")));
        using var log = PathHandle.OpenTrusted(scratch.At("0.log"));
        var tail = LogTail.Read(log, 80, 2048);
        Assert.EndsWith(end, tail, StringComparison.Ordinal);
        Assert.Equal(Math.Min(count, 80), tail.Split('\n').Length - 1);
        Assert.Equal(20, LogTail.Read(log, 80, 20).Length);
    }

    [Fact]
    public async Task Follow_GoesOnThroughRotation_UntilTheContainerEnds()
    {
        var ct = TestContext.Current.CancellationToken;
        var ended = false;
        await File.WriteAllTextAsync(File0, "2026-01-02T03:04:05Z stdout F one\n", ct);
        using var reader = new LogReader(new LogFile(_directory, "0.log"), new LogOptions { Follow = true }, TimeProvider.System, () => Volatile.Read(ref ended));
        using var output = new MemoryStream();
        string Text() { lock (output) return Encoding.UTF8.GetString(output.ToArray()); }
        var reading = reader.CopyAsync(Stream.Synchronized(output), ct);
        await TestNode.UntilAsync(() => Text() == "one\n");
        await File.AppendAllTextAsync(File0, "2026-01-02T03:04:06Z stdout F t", ct);
        await File.AppendAllTextAsync(File0, "wo\n", ct);
        await TestNode.UntilAsync(() => Text() == "one\ntwo\n");
        File.Move(File0, File0 + ".1");
        await File.WriteAllTextAsync(File0, "2026-01-02T03:04:07Z stdout F three\n", ct);
        await TestNode.UntilAsync(() => Text() == "one\ntwo\nthree\n");
        Volatile.Write(ref ended, true);
        reader.Wake();
        await reading.WaitAsync(TimeSpan.FromSeconds(60), ct);
    }

    /// <summary>The kernel tells that the file was made after it has been opened and read.</summary>
    [Fact]
    public async Task Follow_OfAFileThatIsYetToBeMade_ShowsEachLineOnce()
    {
        var ct = TestContext.Current.CancellationToken;
        var ended = false;
        using var reader = new LogReader(new LogFile(_directory, "0.log"), new LogOptions { Follow = true }, TimeProvider.System, () => Volatile.Read(ref ended));
        using var output = new MemoryStream();
        string Text() { lock (output) return Encoding.UTF8.GetString(output.ToArray()); }
        var reading = reader.CopyAsync(Stream.Synchronized(output), ct);
        await File.WriteAllTextAsync(File0, "2026-01-02T03:04:05Z stdout F one\n", ct);
        await TestNode.UntilAsync(() => Text().StartsWith("one\n", StringComparison.Ordinal));
        await File.AppendAllTextAsync(File0, "2026-01-02T03:04:06Z stdout F two\n", ct);
        await TestNode.UntilAsync(() => Text().EndsWith("two\n", StringComparison.Ordinal));
        Volatile.Write(ref ended, true);
        reader.Wake();
        await reading.WaitAsync(TimeSpan.FromSeconds(60), ct);
        Assert.Equal("one\ntwo\n", Text());
    }
}
