using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Coxswain.Store.Sqlite;

/// <summary>What a failed write says about the disk, in plain words.</summary>
internal static class DiskFailure
{
    public const string Full = "the disk is full";

    private const int NoSpace = 28, QuotaExceeded = 122; // errno: ENOSPC, EDQUOT

    public static string Describe(Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } => Full,
        SqliteException { SqliteErrorCode: raw.SQLITE_IOERR } => "the disk fails to read or write (input/output error)",
        SqliteException { SqliteErrorCode: raw.SQLITE_READONLY } => "the file cannot be written: it, or its file system, is read-only",
        IOException io when (io.HResult & 0xFFFF) is NoSpace or QuotaExceeded || io.HResult is NoSpace or QuotaExceeded => Full,
        ObjectDisposedException => "the store is closed",
        _ => e.Message,
    };
}
