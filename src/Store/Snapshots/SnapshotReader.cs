using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Coxswain.Store;

/// <summary>
/// Reads a snapshot, see <see cref="SnapshotFormat"/>, one record at a time. Only when <see cref="NextAsync"/> has returned null is it
/// sure that all of it was there and as it was written.
/// </summary>
public sealed class SnapshotReader : IDisposable
{
    private const int LongestHeader = 64 * 1024;

    private readonly Stream _input;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _offset;
    private byte[] _before = []; // hash of all before the last record
    private bool _ended;

    private SnapshotReader(Stream input) => _input = input;

    public SnapshotHeader Header { get; private set; } = null!;
    public int Files { get; private set; }
    public long Values { get; private set; }

    /// <exception cref="SnapshotException">It is no snapshot, or not one of this version.</exception>
    public static async Task<SnapshotReader> OpenAsync(Stream input, CancellationToken ct)
    {
        var reader = new SnapshotReader(input);
        try
        {
            await reader.ReadHeaderAsync(ct);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <returns>A <see cref="SnapshotFile"/>, a <see cref="StoredValue"/>, or null at the end.</returns>
    /// <exception cref="SnapshotException">It is damaged, or ends too early.</exception>
    public async ValueTask<object?> NextAsync(CancellationToken ct)
    {
        if (_ended) return null;
        var start = _offset;
        var (type, body) = await ReadRecordAsync(SnapshotFormat.LongestBody, ct);
        try
        {
            switch (type)
            {
                case SnapshotFormat.File: Files++; return ReadFile(body);
                case SnapshotFormat.Value: Values++; return ReadValue(body);
                case SnapshotFormat.End when body.Length == SnapshotFormat.EndLength: await CheckEndAsync(body, ct); return null;
                default: throw Damaged($"a record of unknown kind {type}", start);
            }
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException) // lengths inside the body
        {
            throw Damaged("a record that makes no sense", start, e);
        }
    }

    public void Dispose() => _hash.Dispose();

    private async Task ReadHeaderAsync(CancellationToken ct)
    {
        var magic = new byte[SnapshotFormat.Magic.Length];
        var read = await _input.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, ct);
        if (read == 0) throw new SnapshotException("is empty");
        if (!magic.AsSpan(0, read).StartsWith(SnapshotFormat.Magic[..^1])) throw new SnapshotException("is not a snapshot of a cluster");
        if (!magic.AsSpan().SequenceEqual(SnapshotFormat.Magic))
            throw new SnapshotException($"has format {(char)magic[^1]}, and this program knows only {(char)SnapshotFormat.Magic[^1]}");
        _hash.AppendData(magic);
        _offset = magic.Length;
        var (type, body) = await ReadRecordAsync(LongestHeader, ct);
        if (type != SnapshotFormat.Header) throw Damaged("no header", magic.Length);
        try { Header = SnapshotHeader.Parse(body); }
        catch (FormatException e) { throw Damaged(e.Message, magic.Length, e); }
    }

    private async ValueTask<(byte Type, byte[] Body)> ReadRecordAsync(int longest, CancellationToken ct)
    {
        var start = _offset;
        var prefix = new byte[SnapshotFormat.PrefixLength];
        await FillAsync(prefix, start, ct);
        var length = BinaryPrimitives.ReadInt32LittleEndian(prefix.AsSpan(1));
        if (length < 0 || length > longest) throw Damaged("a record of impossible length", start);
        var body = new byte[length];
        await FillAsync(body, start, ct);
        var checksum = SnapshotFormat.AddChecksum(SnapshotFormat.BeginChecksum(prefix[0], length), body);
        if (checksum != BinaryPrimitives.ReadUInt32LittleEndian(prefix.AsSpan(5)))
            throw Damaged("a record that does not match its checksum", start);
        if (prefix[0] == SnapshotFormat.End) _before = _hash.GetCurrentHash();
        _hash.AppendData(prefix);
        _hash.AppendData(body);
        return (prefix[0], body);
    }

    private async ValueTask FillAsync(byte[] buffer, long start, CancellationToken ct)
    {
        var read = await _input.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        _offset += read;
        if (read == buffer.Length) return;
        throw new SnapshotException(string.Create(
            CultureInfo.InvariantCulture, $"is incomplete: it ends at byte {_offset}, in the record that begins at byte {start}"));
    }

    private async ValueTask CheckEndAsync(byte[] body, CancellationToken ct)
    {
        var (files, values) = (BinaryPrimitives.ReadInt32LittleEndian(body), BinaryPrimitives.ReadInt64LittleEndian(body.AsSpan(4)));
        if (files != Files || values != Values || !_before.AsSpan().SequenceEqual(body.AsSpan(12)))
            throw new SnapshotException("is damaged: its contents do not match the checksum of the whole");
        if (await _input.ReadAsync(new byte[1], ct) != 0) throw Damaged("something behind its end", _offset);
        _ended = true;
    }

    private static SnapshotFile ReadFile(byte[] body)
    {
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(body);
        var name = Encoding.UTF8.GetString(body, 2, nameLength);
        var mode = (UnixFileMode)BinaryPrimitives.ReadUInt16LittleEndian(body.AsSpan(2 + nameLength));
        return new SnapshotFile(name, mode, body.AsMemory(2 + nameLength + 2));
    }

    private static StoredValue ReadValue(byte[] body)
    {
        var keyLength = BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(16));
        var key = Encoding.UTF8.GetString(body, SnapshotFormat.ValueHeadLength, keyLength);
        var (revision, created) = (BinaryPrimitives.ReadInt64LittleEndian(body), BinaryPrimitives.ReadInt64LittleEndian(body.AsSpan(8)));
        return new StoredValue(key, body.AsMemory(SnapshotFormat.ValueHeadLength + keyLength), revision, created);
    }

    private static SnapshotException Damaged(string what, long offset, Exception? inner = null) =>
        new(string.Create(CultureInfo.InvariantCulture, $"is damaged: {what}, at byte {offset}"), inner);
}
