using System.Globalization;
using System.Text;

namespace Coxswain.Store.Tests.PowerLoss;

/// <summary>One line of the recorder's journal.</summary>
/// <param name="Kind">create, open, mkdir, rename, link, unlink, write, truncate, flush.</param>
/// <param name="Inode">0 where a path tells.</param>
/// <param name="Number">Offset of a write, length of a truncation.</param>
internal sealed record DiskOperation(string Kind, long Inode, string Path, string To, long Number, byte[] Bytes)
{
    public static List<DiskOperation> Read(string journal)
    {
        var bytes = File.ReadAllBytes(journal);
        var operations = new List<DiskOperation>();
        for (var at = 0; at < bytes.Length;)
        {
            // The recorded process is killed: its last record may be cut short, and did not happen then.
            var end = Array.IndexOf(bytes, (byte)'\n', at);
            if (end < 0) break;
            var line = Encoding.UTF8.GetString(bytes, at, end - at);
            var operation = Parse(line);
            at = end + 1;
            if (operation.Kind == "write")
            {
                var length = int.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
                if (at + length > bytes.Length) break;
                operation = operation with { Bytes = bytes[at..(at + length)] };
                at += length;
            }
            operations.Add(operation);
        }
        return operations;
    }

    private static DiskOperation Parse(string line)
    {
        var (kind, rest) = Split(line, ' ');
        if (kind is "rename" or "link" or "unlink")
        {
            var (from, to) = Split(rest, '\t');
            return new DiskOperation(kind, 0, from, to, 0, []);
        }
        var (inode, last) = Split(rest, ' ');
        var number = kind is "write" or "truncate" ? long.Parse(Split(last, ' ').Head, CultureInfo.InvariantCulture) : 0;
        return new DiskOperation(kind, long.Parse(inode, CultureInfo.InvariantCulture), last, "", number, []);
    }

    private static (string Head, string Tail) Split(string text, char at) => text.IndexOf(at, StringComparison.Ordinal) is var i and >= 0 ? (text[..i], text[(i + 1)..]) : (text, "");
}
