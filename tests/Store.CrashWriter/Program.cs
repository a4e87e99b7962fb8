using System.Globalization;
using System.Text;
using Coxswain.Store;
using Coxswain.Store.CrashWriter;

// Usage: Store.CrashWriter FILE ROUND. 16 writers make 10 000 writes and say what happens, one line each, before they go on:
//   open REVISION | batch FIRST LAST (about to be committed) | ack REVISION KEY KIND | done
// Or: Store.CrashWriter power DIRECTORY, Store.CrashWriter faults DIRECTORY: see there.
const int Writers = 16, Writes = 10_000, KeysEach = 25;
if (args[0] == "power") return await new PowerWriter(args[1]).RunAsync();
if (args[0] == "faults") return await FaultyDisk.RunAsync(args[1]);
var (path, round) = (args[0], args[1]);
var output = new Lock();

// Straight to the pipe: what was said is said, even if the next instruction is never reached.
using var pipe = Console.OpenStandardOutput();
void Say(string line)
{
    lock (output) pipe.Write(Encoding.ASCII.GetBytes(line + "\n"));
}

await using var store = await SqliteStore.OpenAsync(path, new SqliteStoreOptions { Committing = (first, last) => Say(string.Create(CultureInfo.InvariantCulture, $"batch {first} {last}")) });
Say($"open {store.Revision}");
await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(writer))));
Say("done");
return 0;

async Task WriteAsync(int writer)
{
    for (var i = 0; i < Writes / Writers; i++)
    {
        var key = $"/{writer}/{i % KeysEach}";
        var kind = store.Get(key) is null ? WriteKind.Create : i % 7 == 6 ? WriteKind.Delete : WriteKind.Update;
        var value = Encoding.ASCII.GetBytes($"{key} {kind} {round} ");
        var result = await store.WriteAsync(new Proposal(kind, key, value, value.Length), CancellationToken.None);
        Say($"ack {result.Revision} {key} {kind}");
    }
}
