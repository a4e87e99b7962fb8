using Microsoft.Win32.SafeHandles;

namespace Coxswain.Node.Linux;

/// <summary>
/// The entries of one directory, in the kernel's order, names as they are: .NET's own enumeration loses those that are not UTF-8.
/// </summary>
internal sealed class DirectoryReader(SafeFileHandle directory) : IDisposable
{
    private const int LengthAt = 16, TypeAt = 18, HeaderLength = 19;
    private const byte DirectoryType = 4;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _at, _end;

    /// <summary>Whether the last entry was a directory. Some file systems do not say: then it is false.</summary>
    public bool IsDirectory { get; private set; }

    /// <returns>The next entry's name with a zero at its end; null after the last. Without <c>.</c> and <c>..</c>.</returns>
    public byte[]? Next()
    {
        while (true)
        {
            if (_at == _end)
            {
                (_at, _end) = (0, Syscalls.ReadDirectory(directory, _buffer));
                if (_end == 0) return null;
            }
            var entry = _buffer.AsSpan(_at, BitConverter.ToUInt16(_buffer, _at + LengthAt));
            _at += entry.Length;
            IsDirectory = entry[TypeAt] == DirectoryType;
            var name = entry[HeaderLength..];
            name = name[..(name.IndexOf((byte)0) + 1)];
            if (!name.SequenceEqual(".\0"u8) && !name.SequenceEqual("..\0"u8)) return name.ToArray();
        }
    }

    /// <summary>The names that are texts.</summary>
    public IEnumerable<string> Names()
    {
        while (Next() is { } name) yield return Syscalls.Text(name);
    }

    /// <summary>Begins anew.</summary>
    public void Rewind()
    {
        Syscalls.Rewind(directory);
        (_at, _end) = (0, 0);
    }

    public void Dispose() => directory.Dispose();
}
