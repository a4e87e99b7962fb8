using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Coxswain.Store.Sqlite;

/// <summary>A prepared statement, without the cost of a command object and a reader for every row that is written. Parameters count from 1.</summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
    }

    public Statement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, string value)
    {
        var length = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> buffer = length <= 1024 ? stackalloc byte[length] : new byte[length];
        Check(raw.sqlite3_bind_text(_statement, parameter, buffer[..Encoding.UTF8.GetBytes(value, buffer)]));
        return this;
    }

    public Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, parameter, value));
        return this;
    }

    /// <summary>For what returns no rows that matter.</summary>
    public void Run()
    {
        int result;
        while ((result = raw.sqlite3_step(_statement)) == raw.SQLITE_ROW) { }
        Finish(result);
    }

    /// <summary>The first two columns of the one row that comes.</summary>
    public (long First, long Second) ReadPair()
    {
        var result = raw.sqlite3_step(_statement);
        var pair = result == raw.SQLITE_ROW ? (raw.sqlite3_column_int64(_statement, 0), raw.sqlite3_column_int64(_statement, 1)) : default;
        Finish(result);
        return pair;
    }

    public void Dispose() => _statement.Dispose();

    private void Finish(int result)
    {
        try
        {
            if (result is not (raw.SQLITE_DONE or raw.SQLITE_ROW)) Check(result);
        }
        finally
        {
            _ = raw.sqlite3_reset(_statement); // says the step's failure again
        }
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
