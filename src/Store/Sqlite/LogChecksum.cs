using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Coxswain.Store.Sqlite;

/// <summary>The running checksum of SQLite's log: two sums, each word added crosswise (sqlite.org/fileformat.html, section 4.2).</summary>
internal struct LogChecksum(bool bigEndian)
{
    private uint _first, _second;

    public readonly ulong Value => (ulong)_first << 32 | _second;

    /// <summary>Goes on over the frame, of which the salt and the checksum itself do not count.</summary>
    /// <returns>Whether the frame says the same.</returns>
    public bool Follows(ReadOnlySpan<byte> frame)
    {
        Add(frame[..8]);
        Add(frame[LogScan.FrameHeaderBytes..]);
        return LogScan.ChecksumOf(frame) == Value;
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, uint>(bytes);
        var swap = bigEndian == BitConverter.IsLittleEndian;
        var (first, second) = (_first, _second);
        for (var i = 0; i + 1 < words.Length; i += 2)
        {
            first += (swap ? BinaryPrimitives.ReverseEndianness(words[i]) : words[i]) + second;
            second += (swap ? BinaryPrimitives.ReverseEndianness(words[i + 1]) : words[i + 1]) + first;
        }
        (_first, _second) = (first, second);
    }
}
