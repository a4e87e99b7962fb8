using Microsoft.Data.Sqlite;

namespace Coxswain.Store.Sqlite;

/// <summary>The newest row of each key, out of whatever can be read of a damaged database.</summary>
internal sealed class SalvagedRows
{
    private const string Rows = "SELECT revision, create_revision, deleted, checksum, key, value FROM log WHERE revision >= $from ORDER BY revision";

    private readonly Dictionary<string, (StoredValue Value, bool Deleted)> _newest = new(StringComparer.Ordinal);

    public IReadOnlyCollection<StoredValue> Live => [.. _newest.Values.Where(r => !r.Deleted).Select(r => r.Value).OrderBy(v => v.Revision)];

    public long Newest { get; private set; }

    public int Unreadable { get; private set; }

    /// <returns>Whether nothing stood in the way.</returns>
    public bool TryRead(Func<SqliteConnection> open)
    {
        try
        {
            using var connection = open();
            return Read(connection);
        }
        catch (Exception e) when (e is SqliteException or StoreOpenException)
        {
            return false;
        }
    }

    // Where a page stands in the way, behind it: ever further, until rows come again or there can be none.
    private bool Read(SqliteConnection connection)
    {
        var (from, step, whole) = (1L, 1L, true);
        while (step < 1L << 40)
        {
            var next = from;
            try
            {
                ReadFrom(connection, ref next);
                return whole;
            }
            catch (SqliteException)
            {
                whole = false;
                step = next > from ? 1 : step * 2;
                from = next + step;
            }
        }
        return whole;
    }

    private void ReadFrom(SqliteConnection connection, ref long next)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Rows;
        command.Parameters.AddWithValue("$from", next);
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            next = rows.GetInt64(0) + 1;
            Take(rows);
        }
    }

    private void Take(SqliteDataReader row)
    {
        try
        {
            var value = new StoredValue(row.GetString(4), row.GetFieldValue<byte[]>(5), row.GetInt64(0), row.GetInt64(1));
            var deleted = row.GetInt64(2) != 0;
            if (RowChecksum.Of(value, deleted) != row.GetInt64(3)) throw new FormatException();
            Newest = Math.Max(Newest, value.Revision);
            if (!_newest.TryGetValue(value.Key, out var held) || held.Value.Revision < value.Revision) _newest[value.Key] = (value, deleted);
        }
        catch (Exception e) when (e is InvalidCastException or InvalidOperationException or FormatException)
        {
            Unreadable++;
        }
    }
}
