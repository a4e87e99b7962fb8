using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;

namespace Coxswain.Store;

/// <summary>Writes a snapshot, see <see cref="SnapshotFormat"/>. Holds no more than one record; the caller flushes.</summary>
public sealed class SnapshotWriter : IDisposable
{
    private const int FlushFrom = 64 * 1024;

    private readonly PipeWriter _output;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public SnapshotWriter(PipeWriter output, SnapshotHeader header)
    {
        _output = output;
        Put(SnapshotFormat.Magic);
        var json = header.ToJson();
        WriteRecord(SnapshotFormat.Header, [], json);
    }

    public int Files { get; private set; }
    public long Values { get; private set; }

    /// <summary>Enough is waiting to be worth a flush.</summary>
    public bool WantsFlush => _output.UnflushedBytes >= FlushFrom;

    public void Write(SnapshotFile file)
    {
        var name = Encoding.UTF8.GetBytes(file.Name);
        var head = new byte[2 + name.Length + 2];
        BinaryPrimitives.WriteUInt16LittleEndian(head, checked((ushort)name.Length));
        name.CopyTo(head, 2);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(2 + name.Length), (ushort)file.Mode);
        WriteRecord(SnapshotFormat.File, head, file.Content.Span);
        Files++;
    }

    public void Write(StoredValue value)
    {
        var key = Encoding.UTF8.GetBytes(value.Key);
        var head = new byte[SnapshotFormat.ValueHeadLength + key.Length];
        BinaryPrimitives.WriteInt64LittleEndian(head, value.Revision);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(8), value.CreateRevision);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(16), key.Length);
        key.CopyTo(head, SnapshotFormat.ValueHeadLength);
        WriteRecord(SnapshotFormat.Value, head, value.Bytes.Span);
        Values++;
    }

    /// <summary>The record without which a snapshot is not complete.</summary>
    public void End()
    {
        var body = new byte[SnapshotFormat.EndLength];
        BinaryPrimitives.WriteInt32LittleEndian(body, Files);
        BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(4), Values);
        _hash.TryGetHashAndReset(body.AsSpan(12), out _);
        WriteRecord(SnapshotFormat.End, [], body);
    }

    public void Dispose() => _hash.Dispose();

    private void WriteRecord(byte type, ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest)
    {
        Span<byte> prefix = stackalloc byte[SnapshotFormat.PrefixLength];
        var length = checked(head.Length + rest.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, SnapshotFormat.LongestBody);
        prefix[0] = type;
        BinaryPrimitives.WriteInt32LittleEndian(prefix[1..], length);
        var crc = SnapshotFormat.AddChecksum(SnapshotFormat.AddChecksum(SnapshotFormat.BeginChecksum(type, length), head), rest);
        BinaryPrimitives.WriteUInt32LittleEndian(prefix[5..], crc);
        Put(prefix);
        Put(head);
        Put(rest);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        _hash.AppendData(bytes);
    }
}
