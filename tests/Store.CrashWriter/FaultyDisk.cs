using System.Text;

namespace Coxswain.Store.CrashWriter;

/// <summary>
/// Says what a store says of a disk that fails, one line for each fault; the recorder makes the faults (DIRECTORY.faults holds them). Each fault has a store of its own.
///   FAULT write MESSAGE | FAULT health REASON | FAULT healed REASON | FAULT open MESSAGE
/// </summary>
internal static class FaultyDisk
{
    private const string InputOutput = "5", NoSpace = "28"; // errno: EIO, ENOSPC

    public static async Task<int> RunAsync(string directory)
    {
        await WhileRunningAsync(directory, "full", $"write {NoSpace}");
        await WhileRunningAsync(directory, "dead", $"write {InputOutput}\nflush {InputOutput}");
        await AtStartAsync(directory, "unreadable", $"read {InputOutput}");
        await AtStartAsync(directory, "scratched", $"read {InputOutput} 200000");
        return 0;
    }

    private static async Task WhileRunningAsync(string directory, string name, string fault)
    {
        await using var store = await SqliteStore.OpenAsync(Path.Combine(directory, name, "store.db"), time: new HurriedTime());
        await WriteAsync(store, "/before");
        await File.WriteAllTextAsync(directory + ".faults", fault);
        Console.WriteLine($"{name} write {await FailureAsync(() => WriteAsync(store, "/during"))}");
        Console.WriteLine($"{name} health {(await store.CheckHealthAsync(default)).Reason}");
        File.Delete(directory + ".faults");
        Console.WriteLine($"{name} healed {(await store.CheckHealthAsync(default)).Reason}");
        if ((await store.CheckHealthAsync(default)).Writable) await WriteAsync(store, "/after");
    }

    private static async Task AtStartAsync(string directory, string name, string fault)
    {
        var path = Path.Combine(directory, name, "store.db");
        await using (var store = await SqliteStore.OpenAsync(path)) await WriteAsync(store, "/a");
        await File.WriteAllTextAsync(directory + ".faults", fault);
        Console.WriteLine($"{name} open {await FailureAsync(async () => await SqliteStore.OpenAsync(path))}");
        File.Delete(directory + ".faults");
        await using var again = await SqliteStore.OpenAsync(path);
        Console.WriteLine($"{name} again {again.Count("")}");
    }

    private static async Task WriteAsync(SqliteStore store, string key) => await store.WriteAsync(new Proposal(WriteKind.Create, key, Encoding.ASCII.GetBytes(new string('v', 2_000_000))), default);

    private static async Task<string> FailureAsync(Func<Task> action)
    {
        try { await action(); }
        catch (Exception e) { return e.Message; }
        return "none";
    }
}
