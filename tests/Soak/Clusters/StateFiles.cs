using System.Security.Cryptography;

namespace Coxswain.Soak.Clusters;

/// <summary>The files of a cluster's database, and copies of what a cluster needs to be started elsewhere with the same state.</summary>
internal static class StateFiles
{
    public const string Database = "state.db", Log = "state.db-wal", Mark = "state.db-mark";

    /// <summary>Copies state and keys, but not the address ranges: the copy chooses its own. The server must not run.</summary>
    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Of(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        CopyKeys(Path.Combine(from, "pki"), Path.Combine(to, "pki"));
    }

    public static void CopyKeys(string from, string to)
    {
        Directory.CreateDirectory(to, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }

    /// <summary>Of each file below the directory, or of the database's files in it, what would change if the file did.</summary>
    public static string Fingerprint(IEnumerable<string> files) =>
        string.Join('\n', files.Order(StringComparer.Ordinal).Select(f => $"{Path.GetFileName(f)} {HashOf(f)}"));

    private static string HashOf(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));

    public static IEnumerable<string> Of(string directory) =>
        Directory.EnumerateFiles(directory, Database + "*").Where(f => !f.EndsWith(".lock", StringComparison.Ordinal));
}
