using System.Globalization;
using System.Text;

namespace Coxswain.Node.Logs;

/// <summary>One entry of a log file, as slices of it: what a container writes need not be text.</summary>
/// <param name="Partial">The line goes on in the next entry.</param>
internal readonly ref struct LogEntry(ReadOnlySpan<byte> timestamp, ReadOnlySpan<byte> stream, bool partial, ReadOnlySpan<byte> content)
{
    public ReadOnlySpan<byte> Timestamp { get; } = timestamp;
    public ReadOnlySpan<byte> Stream { get; } = stream;
    public bool Partial { get; } = partial;
    public ReadOnlySpan<byte> Content { get; } = content;

    public DateTimeOffset? At => DateTimeOffset.TryParse(Encoding.ASCII.GetString(Timestamp), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    /// <param name="line">Without its line feed: <c>time stream tag content</c>.</param>
    public static bool TryParse(ReadOnlySpan<byte> line, out LogEntry entry)
    {
        entry = default;
        var first = line.IndexOf((byte)' ');
        if (first < 0) return false;
        var second = line[(first + 1)..].IndexOf((byte)' ') + first + 1;
        if (second <= first) return false;
        var third = line[(second + 1)..].IndexOf((byte)' ') + second + 1;
        if (third <= second) return false;
        entry = new LogEntry(line[..first], line[(first + 1)..second], line[second + 1] == (byte)'P', line[(third + 1)..]);
        return true;
    }
}
