using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Coxswain.Store.Sqlite;

/// <summary>
/// SQLite's log as plain reads find it: how far its frames follow from each other, and what lies behind. The layout is sqlite.org/fileformat.html, section 4.
/// </summary>
/// <remarks>
/// A frame's checksum goes on from the one before it, so the first bad frame is where SQLite stops, without a word. Of the frames behind it can still be told which belong
/// to this log (they have its salt), which end a transaction, and which page each holds. That is enough to tell damage from an unfinished write: a transaction is written
/// only once the one before it is on the disk, so a power loss can harm frames of one transaction only, the last. Frames of two behind the good ones mean that one of
/// them was on the disk, and is damaged.
/// </remarks>
internal sealed class LogScan
{
    public const int HeaderBytes = 32, FrameHeaderBytes = 24, PageBytes = 4096, FrameBytes = FrameHeaderBytes + PageBytes;

    private const uint Magic = 0x377F0682; // its last bit: whether checksums read words big-endian
    private const uint Version = 3_007_000;
    private const int SectorBytes = 512; // what a disk writes whole or not at all, at least

    private readonly HashSet<uint> _tailPages = [];
    private bool _tailEnded;

    private LogScan() { }

    /// <summary>There is a log at all: not no file, and not an empty one.</summary>
    public bool Exists { get; private init; }

    /// <summary>There are only zeros where its header should be: nothing was written yet.</summary>
    public bool IsBlank { get; private set; }

    /// <summary>The log's header is whole.</summary>
    public bool HasHeader { get; private set; }

    public ulong Salt { get; private set; }

    /// <summary>Frames from the beginning that follow from each other.</summary>
    public int Sound { get; private set; }

    /// <summary>Of these, the frames up to the last end of a transaction: what SQLite will make use of.</summary>
    public int Committed { get; private set; }

    /// <summary>The checksum of the frame that was asked about; null when the sound ones do not reach it.</summary>
    public ulong? AskedChecksum { get; private set; }

    /// <summary>Behind the sound frames lies what cannot be one unfinished transaction.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Where the first frame begins that is not sound.</summary>
    public long BadOffset => HasHeader ? OffsetOf(Sound + 1) : 0;

    /// <param name="ask">A frame, counted from 1, to tell the checksum of.</param>
    public static LogScan Read(string path, int ask = 0)
    {
        if (!File.Exists(path)) return new LogScan();
        using var file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        var length = RandomAccess.GetLength(file);
        var scan = new LogScan { Exists = length > 0 };
        scan.Read(file, length, ask);
        return scan;
    }

    /// <param name="frame">Counted from 1.</param>
    public static long OffsetOf(int frame) => HeaderBytes + (frame - 1L) * FrameBytes;

    private void Read(SafeFileHandle file, long length, int ask)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        var filled = RandomAccess.Read(file, header, 0);
        IsBlank = !header[..filled].ContainsAnyExcept((byte)0);
        if (filled < HeaderBytes || !TryReadHeader(header, out var sum)) return;
        HasHeader = true;
        var buffer = new byte[FrameBytes * 64];
        var sound = true;
        for (var offset = (long)HeaderBytes; length - offset >= FrameHeaderBytes; offset += buffer.Length)
        {
            var read = RandomAccess.Read(file, buffer, offset);
            for (var rest = buffer.AsSpan(0, read); rest.Length >= FrameHeaderBytes; rest = rest[Math.Min(FrameBytes, rest.Length)..])
            {
                var frame = rest[..Math.Min(FrameBytes, rest.Length)];
                sound = sound && frame.Length == FrameBytes && SaltOf(frame) == Salt && sum.Follows(frame);
                if (sound) TakeSound(frame, ask);
                else TakeBehind(frame, isSplit: (offset + read - rest.Length) % SectorBytes > SectorBytes - 16);
            }
        }
    }

    private bool TryReadHeader(ReadOnlySpan<byte> header, out LogChecksum sum)
    {
        var magic = BinaryPrimitives.ReadUInt32BigEndian(header);
        sum = new LogChecksum(bigEndian: (magic & 1) != 0);
        sum.Add(header[..24]);
        Salt = BinaryPrimitives.ReadUInt64BigEndian(header[16..]);
        return (magic & ~1u) == Magic
            && BinaryPrimitives.ReadUInt32BigEndian(header[4..]) == Version
            && BinaryPrimitives.ReadUInt32BigEndian(header[8..]) == PageBytes
            && BinaryPrimitives.ReadUInt64BigEndian(header[24..]) == sum.Value;
    }

    private void TakeSound(ReadOnlySpan<byte> frame, int ask)
    {
        if (++Sound == ask) AskedChecksum = ChecksumOf(frame);
        if (EndsTransaction(frame))
        {
            Committed = Sound;
            _tailPages.Clear();
        }
        else _tailPages.Add(PageOf(frame)); // SQLite may write a page twice in one transaction, but only as its end
    }

    /// <param name="isSplit">A sector ends before the frame's salt: what stands before it may be what an earlier log left there.</param>
    private void TakeBehind(ReadOnlySpan<byte> frame, bool isSplit)
    {
        if (SaltOf(frame) != Salt) return; // room ahead, or what an earlier log left
        IsDamaged |= _tailEnded;
        if (isSplit) return;
        IsDamaged |= !_tailPages.Add(PageOf(frame)) && !EndsTransaction(frame);
        _tailEnded |= EndsTransaction(frame);
    }

    public static ulong SaltOf(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt64BigEndian(frame[8..]);

    public static ulong ChecksumOf(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt64BigEndian(frame[16..]);

    private static uint PageOf(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32BigEndian(frame);

    // The size of the database after the transaction; 0 in frames that do not end one.
    private static bool EndsTransaction(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32BigEndian(frame[4..]) != 0;
}
