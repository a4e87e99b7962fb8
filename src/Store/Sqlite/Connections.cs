using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Coxswain.Store.Sqlite;

/// <summary>Ways to open a database.</summary>
internal static class Connections
{
    public static SqliteConnection Open(string path) => Open(path, SqliteOpenMode.ReadWrite);

    /// <summary>Shows the database as it is without its log, and touches neither.</summary>
    public static SqliteConnection OpenWithoutLog(string path) =>
        Open($"file:{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}?immutable=1", SqliteOpenMode.ReadOnly);

    /// <summary>For the one owner. Closing it leaves the log where it is.</summary>
    /// <exception cref="StoreOpenException">The file cannot be read or written.</exception>
    public static SqliteConnection OpenExclusively(string path)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = Open(path);
            _ = raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
            if (raw.sqlite3_db_readonly(connection.Handle, "main") != 0)
            {
                throw new StoreOpenException(path, "cannot be written", "Check that this user may write to the file");
            }
            // Exclusive: nobody may write behind the memory's back, and the log's index needs no shared file. The rest is WriteAheadLog's work.
            Execute(connection, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864;");
            return connection;
        }
        catch (Exception e)
        {
            connection?.Dispose();
            if (e is SqliteException sqlite) throw OpenFailure.Explain(path, sqlite);
            throw;
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Open(string source, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Mode = mode, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
