using System.Globalization;

namespace Coxswain.Store;

/// <summary>What became of a damaged store that was opened all the same.</summary>
/// <param name="KeptAs">The damaged database is kept under this path, and what lay beside it under the same with the same endings.</param>
/// <param name="Values">Live values that were read back.</param>
/// <param name="Unreadable">Rows that were found and do not match their checksum.</param>
/// <param name="LastRead">The newest revision that was read; 0 for none.</param>
/// <param name="LastAcknowledged">The newest revision known to have been given out; 0 when nothing tells.</param>
/// <param name="Revision">Where revisions go on: far behind any that may have been given out, so that none comes twice.</param>
public sealed record DataLoss(string KeptAs, int Values, int Unreadable, long LastRead, long LastAcknowledged, long Revision)
{
    /// <summary>One line for a person.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"{Values} objects were read back, as of revision {LastRead}; {Lost()}. The damaged files are kept as {KeptAs}*; revisions go on from {Revision}");

    private string Lost()
    {
        var writes = LastAcknowledged > LastRead
            ? string.Create(CultureInfo.InvariantCulture, $"the writes {LastRead + 1} to {LastAcknowledged} are lost")
            : string.Create(CultureInfo.InvariantCulture, $"writes after {LastRead} are lost, if there were any");
        return Unreadable == 0 ? writes : string.Create(CultureInfo.InvariantCulture, $"{writes}, and {Unreadable} older values could not be read");
    }
}
