using System.Runtime.InteropServices;

namespace Coxswain.Node.Linux;

/// <summary>Whose a file is, and which: what .NET has no words for.</summary>
public static partial class FileOwner
{
    private const int CurrentDirectory = -100, NoFollow = 0x100, BasicFields = 0x7ff;
    private const int Size = 256, UserOffset = 20, InodeOffset = 32; // of struct statx, the same on every processor

    /// <summary>The user that this process acts as: 0 for root.</summary>
    public static uint Self => geteuid();

    /// <summary>The user that owns what lies there; a link is not followed.</summary>
    /// <exception cref="IOException">Nothing is there, or it cannot be asked.</exception>
    public static uint Of(string path) => Read<uint>(path, UserOffset);

    /// <summary>The number by which <c>/proc/locks</c> names the file.</summary>
    /// <inheritdoc cref="Of"/>
    public static ulong Inode(string path) => Read<ulong>(path, InodeOffset);

    /// <summary>Makes it this process's user's.</summary>
    /// <exception cref="IOException">That is not to be had.</exception>
    public static void Take(string path)
    {
        using var file = PathHandle.OpenTrusted(path);
        file.ChangeOwner(Self, -1);
    }

    private static T Read<T>(string path, int offset) where T : struct
    {
        Span<byte> answer = stackalloc byte[Size];
        if (statx(CurrentDirectory, path, NoFollow, BasicFields, answer) == 0) return MemoryMarshal.Read<T>(answer[offset..]);
        var error = Marshal.GetLastPInvokeError();
        throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint fields, Span<byte> answer);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
