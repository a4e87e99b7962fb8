using System.Runtime.InteropServices;
using System.Text;

namespace Coxswain.Store;

/// <summary>
/// Files that must outlast a power loss. A file is replaced whole: others, and whoever comes after a crash, find the old content or the new one. When a call returns,
/// its change is on the disk: the bytes, and the name in the directory.
/// </summary>
public static partial class DurableFile
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const int ReadOnly = 0, CloseOnExec = 0x80000; // the same on x86-64 and arm64
    private const int InterruptedCall = 4, InvalidArgument = 22; // EINTR, EINVAL

    /// <summary>Makes or replaces the file. It has its mode before it has its name: there is no moment at which others can read it.</summary>
    /// <exception cref="IOException">The old content, if there was one, is still there.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, UnixFileMode mode = OwnerOnly)
    {
        var draft = path + ".new";
        File.Delete(draft);
        using (var stream = new FileStream(draft, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }
        Move(draft, path, overwrite: true);
    }

    /// <inheritdoc cref="Write(string, ReadOnlySpan{byte}, UnixFileMode)"/>
    public static void Write(string path, string text, UnixFileMode mode = OwnerOnly) => Write(path, Encoding.UTF8.GetBytes(text), mode);

    /// <summary>Renames a file whose content is on the disk, within one directory.</summary>
    public static void Move(string from, string to, bool overwrite)
    {
        File.Move(from, to, overwrite);
        FlushDirectory(ParentOf(to));
    }

    /// <summary>Removes the file, if there is one.</summary>
    public static void Delete(string path)
    {
        if (!File.Exists(path)) return;
        File.Delete(path);
        FlushDirectory(ParentOf(path));
    }

    /// <summary>Makes the directory, and those above it that are missing.</summary>
    /// <param name="mode">Of the directory itself.</param>
    public static void CreateDirectory(string path, UnixFileMode mode)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Directory.Exists(path)) return;
        var parent = ParentOf(path);
        CreateDirectory(parent, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(path, mode);
        FlushDirectory(parent);
    }

    /// <summary>What was made, renamed or removed in the directory is on the disk afterwards.</summary>
    public static void FlushDirectory(string path)
    {
        var directory = Open(path, ReadOnly | CloseOnExec);
        if (directory < 0) throw Failure(path, Marshal.GetLastPInvokeError());
        try
        {
            while (Flush(directory) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error == InvalidArgument) return; // a file system that has no such thing
                if (error != InterruptedCall) throw Failure(path, error);
            }
        }
        finally
        {
            _ = Close(directory);
        }
    }

    private static string ParentOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";

    private static IOException Failure(string path, int error) => new($"the directory {path} could not be flushed: {Marshal.GetPInvokeErrorMessage(error)}", error);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
