using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Coxswain.Api;

/// <summary>What a failed call to the operating system means, in one line for a person: which file, why, and what to do about it.</summary>
public static class SystemFailure
{
    private const int NotPermitted = 1, NotFound = 2, InputOutput = 5, Again = 11, Denied = 13, Busy = 16, Exists = 17, NotDirectory = 20,
        IsDirectory = 21, TooManyFiles = 24, NoSpace = 28, ReadOnly = 30, NameTooLong = 36, NotEmpty = 39, Quota = 122;
    /// <summary>What the runtime library says when a directory cannot be deleted, whichever of several numbers it was told.</summary>
    private const int Refused = -1, NumberLost = unchecked((int)0x80131620);

    /// <summary>Whether the failure comes from the machine (disk, permissions, network) and not from a fault in the program.</summary>
    public static bool Is(Exception e) => e is IOException or UnauthorizedAccessException or SocketException or Win32Exception;

    /// <summary><c>/data/state.db: no space is left on the device; free some and try again</c></summary>
    public static string Describe(Exception e) => PathIn(e) is { } path ? $"{path}: {Reason(e)}" : Reason(e);

    /// <summary>As <see cref="Describe"/>, without the path.</summary>
    public static string Reason(Exception e) => Number(e) switch
    {
        NotPermitted => "the operation is not permitted; cox must run as root",
        NotFound => "no such file or directory",
        InputOutput => "the disk reports an input/output error; see the kernel's log (dmesg)",
        Again => "another process has it locked",
        Denied => "permission denied; cox must run as root",
        Busy => "it is in use or a mount point",
        Exists => "it exists already",
        NotDirectory => "a part of the path is a file, not a directory",
        IsDirectory => "it is a directory",
        TooManyFiles => "too many files are open; raise the limit (ulimit -n)",
        NoSpace => "no space is left on the device; free some and try again",
        ReadOnly => "the file system is read-only",
        NameTooLong => "the path is too long",
        NotEmpty => "the directory is not empty",
        Refused => "permission denied, or the file system is read-only",
        Quota => "the disk quota is used up",
        { } number when PathIn(e) is not null || e is not IOException => Marshal.GetPInvokeErrorMessage(number),
        _ => e.Message,
    };

    /// <summary>The error number of the call that failed; null when the exception does not come from one.</summary>
    private static int? Number(Exception e) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => LeadsThroughFile(PathIn(e)) ? NotDirectory : NotFound,
        PathTooLongException => NameTooLong,
        SocketException socket => socket.NativeErrorCode,
        Win32Exception other => other.NativeErrorCode,
        UnauthorizedAccessException { InnerException: IOException inner } => Number(inner) ?? Denied,
        UnauthorizedAccessException => Denied,
        IOException { HResult: NumberLost } lost when PathIn(lost) is not null => Refused,
        IOException { HResult: > 0 and < 4096 } io when PathIn(io) is not null || io.InnerException is null && IsBare(io) => io.HResult,
        _ => null,
    };

    /// <summary>The runtime library's messages end in the path, in quotes; ours say what was tried and are shown as they are.</summary>
    private static string? PathIn(Exception e)
    {
        if (e is FileNotFoundException { FileName: { } name }) return name;
        if (e is not (IOException or UnauthorizedAccessException)) return null;
        var (first, last) = (e.Message.IndexOf('\'', StringComparison.Ordinal), e.Message.LastIndexOf('\''));
        return last > first + 1 && e.Message[first + 1] == '/' ? e.Message[(first + 1)..last] : null;
    }

    /// <summary>The runtime library makes no difference between that and a missing directory.</summary>
    private static bool LeadsThroughFile(string? path)
    {
        while ((path = Path.GetDirectoryName(path)) is { Length: > 1 })
        {
            if (File.Exists(path)) return true;
        }
        return false;
    }

    private static bool IsBare(IOException e) => e.Message == Marshal.GetPInvokeErrorMessage(e.HResult);
}
