using System.Buffers.Binary;
using System.Numerics;

namespace Coxswain.Store;

/// <summary>The layout of a snapshot: a file, or a stream, that is complete and undamaged or is refused.</summary>
/// <remarks>
/// <code>
/// "COXSNAP1"                                  eight bytes; the digit is the version of the format
/// record ...                                  H first, then any number of F and V, E last, and nothing behind it
///
/// record:  type (1 byte)  length of the body (4)  checksum (4)  body
///   H      JSON: {"cluster": "...", "revision": N, "time": "...", "writer": "..."}
///   F      a file: length of the name (2), name, mode (2), content
///   V      a value: revision (8), create revision (8), length of the key (4), key, bytes
///   E      number of files (4), number of values (8), SHA-256 (32) of everything before this record
/// </code>
/// Numbers are little-endian, texts UTF-8. The checksum is CRC-32C over type, length and body: it tells where damage is. The SHA-256 tells
/// that there is none, and its record that
/// nothing is missing.
/// </remarks>
internal static class SnapshotFormat
{
    public const byte Header = (byte)'H', File = (byte)'F', Value = (byte)'V', End = (byte)'E';
    public const int PrefixLength = 9, EndLength = 4 + 8 + 32, ValueHeadLength = 8 + 8 + 4;
    /// <summary>More than any value or key file has: a damaged length must not make a reader ask for gigabytes.</summary>
    public const int LongestBody = 256 << 20;

    public static ReadOnlySpan<byte> Magic => "COXSNAP1"u8;

    /// <summary>What stands before a body: its checksum goes on from here.</summary>
    public static uint BeginChecksum(byte type, int length) =>
        BitOperations.Crc32C(BitOperations.Crc32C(uint.MaxValue, type), (uint)length);

    public static uint AddChecksum(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }
        foreach (var rest in bytes) crc = BitOperations.Crc32C(crc, rest);
        return crc;
    }
}
