using System.Buffers.Binary;

namespace Coxswain.Soak.Clusters;

/// <summary>As much of SQLite's write-ahead log as is needed to know which of its bytes matter (sqlite.org/fileformat.html, "The Write-Ahead Log").</summary>
/// <param name="End">Where the last committed transaction ends; what follows is of no concern.</param>
/// <param name="LastTransaction">Where that transaction begins. Damage from here on looks like a write that a crash has cut short.</param>
internal readonly record struct WriteAheadLog(int End, int LastTransaction)
{
    private const int HeaderLength = 32, FrameHeaderLength = 24;

    public static WriteAheadLog Read(string file)
    {
        var bytes = File.Exists(file) ? File.ReadAllBytes(file) : [];
        if (bytes.Length < HeaderLength) return default;
        var frameLength = FrameHeaderLength + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8));
        var salts = bytes.AsSpan(16, 8);
        var log = new WriteAheadLog(0, 0);
        for (var at = HeaderLength; at + frameLength <= bytes.Length; at += frameLength)
        {
            if (!bytes.AsSpan(at + 8, 8).SequenceEqual(salts)) break; // from before the log was begun anew
            var isCommit = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 4)) != 0;
            if (isCommit) log = new WriteAheadLog(at + frameLength, log.End == 0 ? HeaderLength : log.End);
        }
        return log;
    }
}
