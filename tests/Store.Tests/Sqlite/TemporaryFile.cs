using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace Coxswain.Store.Tests.Sqlite;

/// <summary>A database path in a directory of its own.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("store-");

    public string Path => System.IO.Path.Combine(_directory.FullName, "store.db");

    public string Wal => Path + "-wal";

    public string Mark => Path + "-mark";

    /// <summary>Keeps what a crash at this moment would leave.</summary>
    public void CopyAside()
    {
        foreach (var file in Crashed()) File.Copy(file, file + ".copy", overwrite: true);
    }

    /// <summary>Puts back what <see cref="CopyAside"/> kept. The store is closed.</summary>
    public void RestoreCopy()
    {
        foreach (var file in Crashed()) File.Copy(file + ".copy", file, overwrite: true);
    }

    private string[] Crashed() => [Path, Wal, .. File.Exists(Mark) || File.Exists(Mark + ".copy") ? [Mark] : Array.Empty<string>()];

    /// <summary>Every file beside the lock, with the hash of its content.</summary>
    public Dictionary<string, string> Content() =>
        _directory.GetFiles().Where(f => f.Extension != ".lock").ToDictionary(f => f.Name, f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f.FullName))));

    /// <summary>Runs SQL on the closed file.</summary>
    public List<object[]> Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }
        return rows;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
