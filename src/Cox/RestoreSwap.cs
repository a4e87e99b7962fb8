using System.Globalization;
using Coxswain.Store;

namespace Coxswain;

/// <summary>
/// Puts a restored cluster in the place of the one that is there. The new one is complete before anything is touched, and what was begun
/// is finished by whoever opens the directory next:
/// a crash leaves the old cluster or the new one.
/// </summary>
/// <remarks>
/// <code>
/// restore.new/    being filled; of no value
///   -> renamed to restore.ready/: from here on the restore counts
///   1. what it replaces is moved to before-restore-TIME/   (repeatable: as long as restore.ready/ has state.db, all that lies outside is
/// old)
///   2. state.db is moved out of it                         (from here on nothing outside is old)
///   3. the rest is moved out of it, and it is removed
/// </code>
/// </remarks>
internal static class RestoreSwap
{
    public const string Draft = "restore.new", Ready = "restore.ready", AsidePrefix = "before-restore-";
    private const string AsideName = "aside", State = "state.db", Lock = "state.db.lock";

    /// <summary>From the draft, which must be complete and on the disk.</summary>
    /// <returns>Where the old files lie now; null when there were none.</returns>
    public static string? Commit(DataDirectory directory, DateTimeOffset now)
    {
        var aside = AsidePrefix + now.UtcDateTime.ToString("yyyyMMdd-HHmmss.fff", CultureInfo.InvariantCulture);
        DurableFile.Write(Path.Combine(directory.Combine(Draft), AsideName), aside);
        Directory.Move(directory.Combine(Draft), directory.Combine(Ready));
        DurableFile.FlushDirectory(directory.Path);
        return Finish(directory);
    }

    /// <summary>Finishes a restore that was interrupted; does nothing where none was.</summary>
    public static string? Finish(DataDirectory directory)
    {
        var ready = directory.Combine(Ready);
        if (!Directory.Exists(ready)) return null;
        var named = Path.Combine(ready, AsideName);
        var aside = directory.Combine(File.Exists(named) ? File.ReadAllText(named) : AsidePrefix + "unknown");
        // 1.
        if (File.Exists(Path.Combine(ready, State)))
        {
            var replaced = Directory.GetFileSystemEntries(directory.Path).Where(e => IsReplaced(Path.GetFileName(e)));
            foreach (var old in replaced) Move(old, aside);
            if (Directory.Exists(aside)) DurableFile.FlushDirectory(aside);
            DurableFile.FlushDirectory(directory.Path);
            // 2.
            Move(Path.Combine(ready, State), directory.Path);
            DurableFile.FlushDirectory(directory.Path);
        }
        // 3.
        foreach (var rest in Directory.GetFileSystemEntries(ready).Where(e => Path.GetFileName(e) != AsideName)) Move(rest, directory.Path);
        DurableFile.FlushDirectory(directory.Path);
        Directory.Delete(ready, recursive: true);
        return Directory.Exists(aside) ? aside : null;
    }

    private static bool IsReplaced(string name) =>
        name is "pki" or "cluster.json" || (name.StartsWith(State, StringComparison.Ordinal) && name != Lock);

    private static void Move(string from, string toDirectory)
    {
        DurableFile.CreateDirectory(toDirectory, DataDirectory.Private);
        Directory.Move(from, Path.Combine(toDirectory, Path.GetFileName(from))); // of a file too
    }
}
