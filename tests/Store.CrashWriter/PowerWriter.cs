using System.Globalization;
using System.Text;

namespace Coxswain.Store.CrashWriter;

/// <summary>
/// Writes to a store and to files that must last, over several lives, and says in DIRECTORY/said what it is about to do and what is done. The recorder that is loaded
/// with it puts these lines in order with what was written to the disk:
///   try KEY KIND | ack REVISION KEY KIND | file-try NAME VERSION | file-ack NAME VERSION
/// </summary>
internal sealed class PowerWriter(string directory)
{
    private const int Lives = 3, Writers = 4, Writes = 36, KeysEach = 9, Files = 3, Versions = 6;

    private readonly Lock _gate = new();
    private readonly FileStream _said = new(Path.Combine(directory, "said"), new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, BufferSize = 0 });

    public async Task<int> RunAsync()
    {
        for (var life = 0; life < Lives; life++)
        {
            var store = await SqliteStore.OpenAsync(Path.Combine(directory, "data", "store.db"), time: new HurriedTime());
            await Task.WhenAll([.. Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(store, writer))), Task.Run(() => WriteFiles(life))]);
            await Task.Delay(60); // the log is copied, and then begun anew
            await WriteAsync(store, Writers);
            await store.CompactAsync(store.Revision - 10, CancellationToken.None);
            if (life < Lives - 1) await store.DisposeAsync(); // the last one is cut off
        }
        return 0;
    }

    private async Task WriteAsync(SqliteStore store, int writer)
    {
        for (var i = 0; i < Writes; i++)
        {
            var key = $"/{writer}/{i % KeysEach}";
            var kind = store.Get(key) is null ? WriteKind.Create : i % 7 == 6 ? WriteKind.Delete : WriteKind.Update;
            var value = Encoding.ASCII.GetBytes($"{key} {kind} {new string('.', i * 577 % 9000)} ");
            Say($"try {key} {kind}");
            var result = await store.WriteAsync(new Proposal(kind, key, value, value.Length), CancellationToken.None);
            Say(string.Create(CultureInfo.InvariantCulture, $"ack {result.Revision} {key} {kind}"));
        }
    }

    private void WriteFiles(int life)
    {
        var folder = Path.Combine(directory, "data", "pki", "own");
        DurableFile.CreateDirectory(folder, DurableFile.OwnerOnly | UnixFileMode.UserExecute);
        for (var version = life * Versions; version < (life + 1) * Versions; version++)
        {
            for (var file = 0; file < Files; file++)
            {
                Say($"file-try {file} {version}");
                DurableFile.Write(Path.Combine(folder, $"{file}"), $"{version} {new string((char)('a' + version), 3000 * file)} {version}");
                Say($"file-ack {file} {version}");
            }
        }
    }

    private void Say(string line)
    {
        lock (_gate) _said.Write(Encoding.ASCII.GetBytes(line + "\n"));
    }
}
