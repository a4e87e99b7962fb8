namespace Coxswain.Store.Tests.PowerLoss;

/// <summary>The power goes at a random moment, on a disk that keeps only what was flushed: what was acknowledged is there, and nothing is called damaged.</summary>
public sealed class PowerLossTests : IDisposable
{
    private const int Cuts = 60, CutsAfterCuts = 40;

    private readonly DirectoryInfo _directory = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"store-cuts-{Guid.NewGuid():n}"));
    private readonly int _seed = Environment.TickCount;
    private readonly Random _random;

    public PowerLossTests() => _random = new Random(_seed);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task PowerCut_AtRandomMoments_KeepsWhatWasAcknowledged()
    {
        using var recorder = new Recorder();
        await recorder.RunAsync("power");
        var operations = DiskOperation.Read(recorder.Journal);
        var left = await CutAsync(new Disk(recorder.Watched, start: ""), operations, Cuts);

        // And again while what one cut left is opened and written on.
        using var second = new Recorder();
        var start = Path.Combine(_directory.FullName, "start");
        Copy(left, start);
        Copy(left, second.Watched);
        await second.RunAsync("power");
        await CutAsync(new Disk(second.Watched, start), DiskOperation.Read(second.Journal), CutsAfterCuts);
    }

    /// <returns>What one of the cuts left.</returns>
    private async Task<string> CutAsync(Disk disk, List<DiskOperation> operations, int cuts)
    {
        var moments = Enumerable.Range(0, cuts).Select(_ => _random.Next(operations.Count + 1)).Order().ToList();
        var saidBy = operations.First(o => o.Path.EndsWith("/said", StringComparison.Ordinal)).Inode;
        var (said, done, chosen) = (new Said(), 0, "");
        for (var i = 0; i < cuts; i++)
        {
            for (; done < moments[i]; done++)
            {
                disk.Apply(operations[done]);
                if (operations[done].Kind == "write" && operations[done].Inode == saidBy) said.Hear(operations[done].Bytes);
            }
            var target = Path.Combine(_directory.FullName, $"{cuts}-{i}");
            disk.Cut(target, _random, kept: i % 4 switch { 0 => 0, 1 => 1, _ => _random.NextDouble() });
            if (i == cuts * 2 / 3) Copy(target, chosen = target + "-kept");
            await CheckAsync(said, target, $"seed {_seed}, cut {i} after {done} of {operations.Count}");
            Directory.Delete(target, recursive: true);
        }
        return chosen;
    }

    private static async Task CheckAsync(Said said, string target, string moment)
    {
        try
        {
            Directory.CreateDirectory(Path.Combine(target, "data"));
            await using var store = await SqliteStore.OpenAsync(Path.Combine(target, "data", "store.db"), ct: Ct);
            said.Check(store, Path.Combine(target, "data", "pki", "own"));
            Assert.True((await store.WriteAsync(new Proposal(WriteKind.Create, "/after", new byte[] { 1 }), Ct)).Revision > said.Newest);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{moment}: {e.Message}", e);
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var directory in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories)) Directory.CreateDirectory(to + directory[from.Length..]);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories)) File.Copy(file, to + file[from.Length..]);
    }
}
