using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Coxswain.Store.Sqlite;

/// <summary>The reasons for which a store's files are refused, in plain words.</summary>
internal static class OpenFailure
{
    private const string GoOn = "Bring back a sound copy, or restore a snapshot with 'cox snapshot restore FILE', or go on with what can be read: 'cox up --accept-data-loss'";

    public static StoreOpenException Unreachable(string path, Exception e) =>
        new(path, $"cannot be opened: {DiskFailure.Describe(e, path)}", "Check the disk, and that the directory exists and this user may write to it", e);

    public static StoreOpenException Damaged(string path, string what, Exception? inner = null) => Damage(path, $"is damaged: {what}", inner);

    /// <summary>Something is gone that was written.</summary>
    public static StoreOpenException Damage(string path, string reason, Exception? inner = null) => new(path, reason, GoOn, inner) { IsDamage = true };

    /// <summary>What a failure of SQLite says about the file.</summary>
    public static StoreOpenException Explain(string path, SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new(path, "is in use by another program", "End that program first", e),
        raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_IOERR or raw.SQLITE_FULL =>
            new(path, $"cannot be opened: {DiskFailure.Describe(e, path)}", "Check the disk, and that this user may write to the file and its directory", e),
        _ => DiskFailure.Unreadable(path) is { } unreadable
            ? new(path, $"cannot be read: {unreadable}", "Check the disk", e)
            : Damaged(path, TextOf(e), e),
    };

    /// <summary>SQLite's own words, without those around them.</summary>
    private static string TextOf(SqliteException e)
    {
        var (first, last) = (e.Message.IndexOf('\'', StringComparison.Ordinal), e.Message.LastIndexOf('\''));
        return last > first ? e.Message[(first + 1)..last] : e.Message;
    }
}
