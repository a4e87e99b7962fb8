using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Coxswain.Store.Sqlite;

/// <summary>What a failure says about the disk, in plain words.</summary>
internal static class DiskFailure
{
    private const string Full = "the disk is full";
    private const string Fails = "the disk fails to read or write (input/output error)";
    private const int InputOutput = 5, NoSpace = 28, ReadOnly = 30, QuotaExceeded = 122; // errno: EIO, ENOSPC, EROFS, EDQUOT

    /// <param name="path">The database's.</param>
    public static string Describe(Exception e, string path) => e switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } => Full,
        SqliteException { SqliteErrorCode: raw.SQLITE_IOERR } => Fails,
        SqliteException { SqliteErrorCode: raw.SQLITE_READONLY } or IOException { HResult: ReadOnly } => "the file cannot be written: it, or its file system, is read-only",
        SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB } => Unreadable(path) ?? $"{path} was damaged while in use",
        IOException { HResult: NoSpace or QuotaExceeded } => Full,
        IOException { HResult: InputOutput } => Fails,
        ObjectDisposedException => "the store is closed",
        _ => e.Message,
    };

    /// <summary>
    /// Why the database's files cannot be read by anybody; null when they can. SQLite calls a disk that fails to read a malformed database: only another look tells the two apart.
    /// </summary>
    public static string? Unreadable(string path)
    {
        try
        {
            if (!File.Exists(path)) return $"{path} is gone";
            ReadAll(path);
            if (File.Exists(LogCheck.LogOf(path))) ReadAll(LogCheck.LogOf(path));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Describe(e, path);
        }
    }

    private static void ReadAll(string path)
    {
        using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        var buffer = new byte[1 << 20];
        for (var offset = 0L; RandomAccess.Read(file, buffer, offset) is var read and > 0; offset += read) { }
    }
}
