using System.Globalization;

namespace Coxswain.Node.Logs;

/// <summary>A line of a log file as runtimes write them: <c>2026-01-02T15:04:05.999999999Z stdout F text</c>.</summary>
/// <param name="Timestamp">As written: with all its digits.</param>
/// <param name="Partial">The text goes on in the next entry: the line was too long, or its end is not written yet.</param>
internal readonly record struct CriLogLine(DateTimeOffset At, string Timestamp, string Stream, bool Partial, string Content)
{
    public static bool TryParse(string line, out CriLogLine parsed)
    {
        parsed = default;
        var first = line.IndexOf(' ', StringComparison.Ordinal);
        var second = first < 0 ? -1 : line.IndexOf(' ', first + 1);
        var third = second < 0 ? -1 : line.IndexOf(' ', second + 1);
        if (third < 0) return false;
        var stamp = line[..first];
        if (!DateTimeOffset.TryParse(stamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) return false;
        var tags = line.AsSpan(second + 1, third - second - 1);
        parsed = new CriLogLine(at, stamp, line[(first + 1)..second], tags is "P" || tags.StartsWith("P:"), line[(third + 1)..]);
        return true;
    }
}
