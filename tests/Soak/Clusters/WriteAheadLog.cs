using System.Buffers.Binary;

namespace Coxswain.Soak.Clusters;

/// <summary>
/// As much of SQLite's write-ahead log as is needed to know which of its bytes matter (sqlite.org/fileformat.html, "The Write-Ahead Log").
/// </summary>
internal static class WriteAheadLog
{
    private const int HeaderLength = 32, FrameHeaderLength = 24;

    /// <summary>Where its last committed transaction ends: what follows is of no concern. 0 when it holds none.</summary>
    public static int EndOf(string file)
    {
        var bytes = File.Exists(file) ? File.ReadAllBytes(file) : [];
        if (bytes.Length < HeaderLength) return 0;
        var frameLength = FrameHeaderLength + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8));
        var salts = bytes.AsSpan(16, 8);
        var end = 0;
        for (var at = HeaderLength; at + frameLength <= bytes.Length; at += frameLength)
        {
            if (!bytes.AsSpan(at + 8, 8).SequenceEqual(salts)) break; // from before the log was begun anew
            if (BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 4)) != 0) end = at + frameLength; // a commit
        }
        return end;
    }
}
