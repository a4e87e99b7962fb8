using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Coxswain.Store.Sqlite;

/// <summary>How far SQLite's log had got: what of it was on the disk when the last write was acknowledged.</summary>
/// <param name="Revision">The newest one acknowledged.</param>
/// <param name="Salt">Tells this log from earlier and later ones in the same file (the two salts of its header); 0 for no log at all.</param>
/// <param name="Frames">So many of its frames were on the disk.</param>
/// <param name="Checksum">Of the last of these frames. It depends on all frames before it.</param>
/// <param name="Copied">All of them are in the database, on the disk: the log is not needed any more.</param>
internal readonly record struct LogMark(long Revision, ulong Salt, int Frames, ulong Checksum, bool Copied)
{
    public const int Bytes = 52;

    private const int CheckedBytes = Bytes - sizeof(uint);
    private static ReadOnlySpan<byte> Magic => "Coxs-wal"u8;

    /// <summary>The database is whole by itself, and no log belongs to it.</summary>
    public static LogMark NoLog(long revision) => new(revision, 0, 0, 0, Copied: true);

    public bool IsNoLog => Salt == 0;

    /// <summary>Whether that is the salt of the log that SQLite begins after this one: the first half counts up, the second is random.</summary>
    public bool IsFollowedBy(ulong salt) => unchecked((uint)(Salt >> 32) + 1) == (uint)(salt >> 32);

    /// <param name="sequence">Which of two marks is the newer one.</param>
    public void Encode(long sequence, Span<byte> to)
    {
        Magic.CopyTo(to);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(to[16..], Revision);
        BinaryPrimitives.WriteUInt64LittleEndian(to[24..], Salt);
        BinaryPrimitives.WriteUInt64LittleEndian(to[32..], Checksum);
        BinaryPrimitives.WriteInt32LittleEndian(to[40..], Frames);
        BinaryPrimitives.WriteInt32LittleEndian(to[44..], Copied ? 1 : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(to[CheckedBytes..], ChecksumOf(to[..CheckedBytes]));
    }

    /// <returns>Null when the bytes are none of ours, or damaged.</returns>
    public static (LogMark Mark, long Sequence)? Decode(ReadOnlySpan<byte> from)
    {
        if (from.Length < Bytes || !from.StartsWith(Magic)) return null;
        if (BinaryPrimitives.ReadUInt32LittleEndian(from[CheckedBytes..]) != ChecksumOf(from[..CheckedBytes])) return null;
        var mark = new LogMark(
            BinaryPrimitives.ReadInt64LittleEndian(from[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[24..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[40..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[44..]) != 0);
        return (mark, BinaryPrimitives.ReadInt64LittleEndian(from[8..]));
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes)) crc = BitOperations.Crc32C(crc, word);
        return crc;
    }
}
