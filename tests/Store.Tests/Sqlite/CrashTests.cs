using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Coxswain.Store.Tests.Sqlite;

/// <summary>Sixteen writers in a process that is killed at a random moment, again and again, on one file.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Rounds = 20;

    private readonly TemporaryFile _file = new();
    private readonly Dictionary<long, string> _acknowledged = []; // revision to key and kind
    private long _newest;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Kill_AtRandomMoments_LosesNothingAcknowledgedAndReusesNoRevision()
    {
        var random = new Random();
        for (var round = 0; round < Rounds; round++)
        {
            // The last round is let run to its end; the first may die while the file is being made.
            var linesToLive = round == 0 ? 0 : round == Rounds - 1 ? int.MaxValue : random.Next(12_000);
            await CheckAsync(await RunAndKillAsync(round, linesToLive));
        }
        CheckLog(after: 0);
        Assert.True(_newest >= 10_000);
    }

    private async Task<List<string[]>> RunAndKillAsync(int round, int linesToLive)
    {
        using var process = Start(round);
        try
        {
            var said = new List<string[]>();
            while (said.Count < linesToLive && await process.StandardOutput.ReadLineAsync(Ct) is { } line) said.Add(line.Split(' '));
            process.Kill(); // SIGKILL
            // A last line may be cut; what came before it was said in time.
            var rest = await process.StandardOutput.ReadToEndAsync(Ct);
            said.AddRange(rest.Split('\n').SkipLast(1).Select(line => line.Split(' ')));
            return said;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(Ct);
        }
    }

    private Process Start(int round)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Store.CrashWriter.dll");
        return Process.Start(new ProcessStartInfo("dotnet", [program, _file.Path, round.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
    }

    private async Task CheckAsync(List<string[]> said)
    {
        foreach (var line in said.Where(l => l[0] == "open")) Assert.Equal(_newest, Number(line[1]));
        var batches = said.Where(l => l[0] == "batch").Select(l => (First: Number(l[1]), Last: Number(l[2]))).ToList();
        foreach (var line in said.Where(l => l[0] == "ack"))
        {
            Assert.True(Number(line[1]) > _newest, "a revision from before the crash was given again");
            _acknowledged.Add(Number(line[1]), $"{line[2]} {line[3]}"); // throws on a revision given twice
        }

        long before;
        await using (var store = await SqliteStore.OpenAsync(_file.Path, ct: Ct))
        {
            Assert.True(store.Revision >= _acknowledged.Keys.DefaultIfEmpty().Max(), "an acknowledged write is gone");
            Assert.True(store.Revision >= _newest, "the revision went back");
            Assert.DoesNotContain(batches, b => b.First <= store.Revision && store.Revision < b.Last); // else: part of a batch
            CheckLive(store);
            (before, _newest) = (_newest, store.Revision);
        }
        CheckLog(before);
    }

    /// <summary>The log has every revision, and each acknowledged write where it was acknowledged.</summary>
    private void CheckLog(long after)
    {
        var log = _file.Query($"SELECT revision, value FROM log WHERE revision > {after} ORDER BY revision");
        Assert.Equal(_newest - after, log.Count);
        foreach (var (revision, written) in _acknowledged.Where(a => a.Key > after))
        {
            var row = log[(int)(revision - after) - 1];
            Assert.Equal(revision, row[0]);
            Assert.StartsWith(written + " ", Encoding.ASCII.GetString((byte[])row[1]), StringComparison.Ordinal);
        }
    }

    /// <summary>The live values are what the log's last word on each key is.</summary>
    private static void CheckLive(SqliteStore store)
    {
        foreach (var value in store.Range("")!.Values)
        {
            var text = Encoding.ASCII.GetString(value.Bytes.Span);
            Assert.StartsWith(value.Key + " ", text, StringComparison.Ordinal);
            Assert.EndsWith($" {value.Revision}", text, StringComparison.Ordinal);
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
