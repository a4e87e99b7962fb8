using System.Diagnostics;
using Coxswain.Store;

// Usage: Store.Bench [SECONDS]. Prints what each store does in that time (default 2 s a row); the files go to the temporary directory.
var duration = TimeSpan.FromSeconds(args.Length > 0 ? double.Parse(args[0], null) : 2);
var value = new byte[700];
new Random(1).NextBytes(value);

await MeasureAsync("sqlite", path => SqliteStore.OpenAsync(path));
await MeasureAsync("memory", _ => Task.FromResult(new MemoryStore()));

async Task MeasureAsync<T>(string name, Func<string, Task<T>> open) where T : IStore
{
    foreach (var writers in new[] { 1, 16, 256 })
    {
        await InDirectoryAsync(async path =>
        {
            await using (var store = await open(path)) Print($"{name}: creates of 700 bytes, {writers} writers", await CreateAsync(store, writers), "/s");
            if (name == "sqlite" && writers == 256) await ReopenAsync(path);
        });
    }
    await InDirectoryAsync(async path =>
    {
        await using var store = await open(path);
        await ReadAsync(name, store);
    });
}

static async Task InDirectoryAsync(Func<string, Task> action)
{
    var directory = Directory.CreateTempSubdirectory("store-bench-");
    try
    {
        await action(Path.Combine(directory.FullName, "store.db"));
    }
    finally
    {
        directory.Delete(recursive: true);
    }
}

async Task<double> CreateAsync(IStore store, int writers)
{
    var processor = Environment.CpuUsage.TotalTime;
    var clock = Stopwatch.StartNew();
    var counts = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
    {
        var count = 0;
        for (; clock.Elapsed < duration; count++) await store.WriteAsync(new Proposal(WriteKind.Create, $"/registry/configmaps/default/c{writer}-{count}", value, 100), default);
        return count;
    })));
    var rate = counts.Sum() / clock.Elapsed.TotalSeconds;
    Print("    processor time for each", (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / counts.Sum(), "µs");
    return rate;
}

async Task ReopenAsync(string path)
{
    var clock = Stopwatch.StartNew();
    await using var store = await SqliteStore.OpenAsync(path);
    Print($"sqlite: opened with {store.Count("")} live values", clock.Elapsed.TotalMilliseconds, "ms");
}

async Task ReadAsync(string name, IStore store)
{
    await Task.WhenAll(Enumerable.Range(0, 100_000).Select(i => store.WriteAsync(new Proposal(WriteKind.Create, $"/registry/{(i % 20 == 0 ? "pods" : "configmaps")}/default/n{i}", value), default).AsTask()));
    Print($"{name}: list of 5 000 among 100 000", Each(200, _ => store.Range("/registry/pods/")!.Values.Count), "µs");
    Print($"{name}: the same 2 000 revisions ago", Each(50, _ => store.Range("/registry/pods/", revision: store.Revision - 2000)!.Values.Count), "µs");
    Print($"{name}: get", Each(200_000, i => store.Get($"/registry/configmaps/default/n{i % 100_000}") is null ? 0 : 1), "µs");
    if (store is MemoryStore) Print($"{name}: update with 100 000 keys", await UpdateEachAsync(store, 100_000), "µs");
}

async Task<double> UpdateEachAsync(IStore store, int times)
{
    var clock = Stopwatch.StartNew();
    for (var i = 0; i < times; i++) await store.WriteAsync(new Proposal(WriteKind.Update, $"/registry/configmaps/default/n{i / 20 * 20 + 1}", value), default);
    return clock.Elapsed.TotalMicroseconds / times;
}

static double Each(int times, Func<int, int> action)
{
    var sum = 0;
    for (var i = 0; i < times / 10; i++) sum += action(i);
    var clock = Stopwatch.StartNew();
    for (var i = 0; i < times; i++) sum += action(i);
    return sum < 0 ? 0 : clock.Elapsed.TotalMicroseconds / times;
}

static void Print(string what, double figure, string unit) => Console.WriteLine($"{what,-55} {figure,10:N1} {unit}");
