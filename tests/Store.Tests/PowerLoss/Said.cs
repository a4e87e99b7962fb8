using System.Globalization;
using System.Text;

namespace Coxswain.Store.Tests.PowerLoss;

/// <summary>What the process had said by the time the power went: what it had begun, and what it had been told was done.</summary>
internal sealed class Said
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, (long Revision, string Kind)> _acknowledged = [];
    private readonly Dictionary<string, string> _begun = []; // and not acknowledged: at most one a key
    private readonly Dictionary<string, (int Begun, int Done)> _files = [];

    public long Newest { get; private set; }

    public void Hear(byte[] bytes)
    {
        _text.Append(Encoding.ASCII.GetString(bytes));
        while (_text.ToString().IndexOf('\n', StringComparison.Ordinal) is var end and >= 0)
        {
            var line = _text.ToString(0, end).Split(' ');
            _text.Remove(0, end + 1);
            Hear(line);
        }
    }

    /// <summary>Each key is as it was acknowledged, or as the write makes it that was under way; each file is whole, and no older than what was acknowledged.</summary>
    public void Check(SqliteStore store, string directory)
    {
        Assert.True(store.Revision >= Newest, $"revision {Newest} was acknowledged, and the newest is {store.Revision}");
        foreach (var (key, (revision, kind)) in _acknowledged)
        {
            var (value, begun) = (store.Get(key), _begun.GetValueOrDefault(key));
            if (value is null) Assert.True(kind == "Delete" || begun == "Delete", $"{key} at {revision} is gone");
            else Assert.True(value.Revision == revision && kind != "Delete" || value.Revision > revision && begun is not null, $"{key} is at {value.Revision}, and {kind} at {revision} was acknowledged");
        }
        foreach (var value in store.Range("")!.Values)
        {
            var text = Encoding.ASCII.GetString(value.Bytes.Span);
            Assert.StartsWith(value.Key + " ", text, StringComparison.Ordinal);
            Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $" {value.Revision}"), text, StringComparison.Ordinal);
        }
        foreach (var (name, versions) in _files) CheckFile(Path.Combine(directory, name), versions.Begun, versions.Done);
    }

    private void Hear(string[] line)
    {
        switch (line[0])
        {
            case "try":
                _begun[line[1]] = line[2];
                break;
            case "ack":
                _begun.Remove(line[2]);
                _acknowledged[line[2]] = (Number(line[1]), line[3]);
                Newest = Math.Max(Newest, Number(line[1]));
                break;
            case "file-try":
                _files[line[1]] = ((int)Number(line[2]), _files.TryGetValue(line[1], out var held) ? held.Done : -1);
                break;
            default:
                _files[line[1]] = ((int)Number(line[2]), (int)Number(line[2]));
                break;
        }
    }

    private static void CheckFile(string path, int begun, int done)
    {
        if (done < 0 && !File.Exists(path)) return;
        var parts = File.ReadAllText(path).Split(' ');
        Assert.Equal(parts[0], parts[^1]);
        if (done >= 0) Assert.InRange(int.Parse(parts[0], CultureInfo.InvariantCulture), done, begun); // else it may be from before
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
