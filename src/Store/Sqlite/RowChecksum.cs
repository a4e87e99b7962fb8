using System.Numerics;
using System.Runtime.InteropServices;

namespace Coxswain.Store.Sqlite;

/// <summary>CRC-32C over a log row. SQLite checks its own structure, but not what the values say.</summary>
internal static class RowChecksum
{
    public static long Of(StoredValue value, bool deleted)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, (ulong)value.Revision);
        crc = BitOperations.Crc32C(crc, (ulong)value.CreateRevision);
        crc = BitOperations.Crc32C(crc, deleted ? (byte)1 : (byte)0);
        crc = Add(crc, MemoryMarshal.AsBytes(value.Key.AsSpan()));
        return Add(crc, value.Bytes.Span);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (var rest in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, rest);
        return crc;
    }
}
