using Microsoft.Win32.SafeHandles;

namespace Coxswain.Store.Sqlite;

/// <summary>
/// The file beside the log that says how far the log had got: without it, what an acknowledged write left and what was never finished look alike once they are damaged.
/// Belongs to the writer.
/// </summary>
/// <remarks>
/// A mark is written after each flush of the log and is flushed itself only now and then (see <see cref="WriteAheadLog"/>): it never says more than is true. A killed
/// process leaves it exact, since the kernel has it; after a power loss it may be some seconds old. Two places, used in turn, each a disk sector of its own: a mark that is
/// cut short leaves the one before it.
/// </remarks>
internal sealed class MarkFile : IDisposable
{
    private const int SlotBytes = 4096;

    private readonly SafeFileHandle _file;
    private readonly byte[] _buffer = new byte[LogMark.Bytes];
    private long _sequence;
    private bool _flushed = true;

    /// <summary>Takes the file over, or makes it, with this mark in it, which is on the disk afterwards.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public MarkFile(string database, LogMark mark)
    {
        var path = PathOf(database);
        if (Newest(path) is { } newest) _sequence = newest.Sequence;
        else DurableFile.Write(path, First(mark));
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        Write(mark);
        Flush();
    }

    public LogMark Last { get; private set; }

    public static string PathOf(string database) => database + "-mark";

    /// <returns>Null when there is no such file, or none that can be read as one.</returns>
    public static LogMark? Read(string database) => Newest(PathOf(database))?.Mark;

    /// <summary>In the kernel's hands afterwards, not yet on the disk.</summary>
    public void Write(LogMark mark)
    {
        mark.Encode(++_sequence, _buffer);
        RandomAccess.Write(_file, _buffer, (_sequence & 1) * SlotBytes);
        Last = mark;
        _flushed = false;
    }

    /// <exception cref="IOException">The last mark may be on the disk or not.</exception>
    public void Flush()
    {
        if (_flushed) return;
        RandomAccess.FlushToDisk(_file);
        _flushed = true;
    }

    public void Dispose() => _file.Dispose();

    private static byte[] First(LogMark mark)
    {
        var content = new byte[2 * SlotBytes];
        mark.Encode(0, content);
        return content;
    }

    private static (LogMark Mark, long Sequence)? Newest(string path)
    {
        if (!File.Exists(path)) return null;
        var content = File.ReadAllBytes(path);
        var first = LogMark.Decode(content);
        var second = content.Length > SlotBytes ? LogMark.Decode(content.AsSpan(SlotBytes)) : null;
        return first is { } a && second is { } b ? (a.Sequence > b.Sequence ? a : b) : first ?? second;
    }
}
