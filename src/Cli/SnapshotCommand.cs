using System.CommandLine;

namespace Coxswain.Cli;

/// <summary><c>cox snapshot save</c> and <c>cox snapshot restore</c>: a backup of a cluster in one file.</summary>
public static class SnapshotCommand
{
    /// <param name="save">Given the directory and the file.</param>
    /// <param name="restore">The same, and whether to replace a cluster that is there.</param>
    public static Command Create(Func<string, string, CancellationToken, Task<int>> save, Func<string, string, bool, CancellationToken, Task<int>> restore)
    {
        var saveFile = new Argument<string>("FILE") { Description = "where the snapshot goes; one that is there is replaced" };
        var saveDirectory = DataDirectoryOption.Create();
        var saveCommand = new Command("save", "save a cluster's state and keys, also while it runs; keep the file as safe as a private key") { saveFile, saveDirectory };
        saveCommand.SetAction((parsed, ct) => save(DataDirectoryOption.Value(parsed.GetValue(saveDirectory)!), Path.GetFullPath(parsed.GetValue(saveFile)!), ct));

        var restoreFile = new Argument<string>("FILE") { Description = "the snapshot; it is checked before anything is changed" };
        var restoreDirectory = DataDirectoryOption.Create();
        var force = new Option<bool>("--force") { Description = "replace the cluster that is in the directory; its state is kept beside" };
        var restoreCommand = new Command("restore", "bring a cluster back as it was; its server must not run") { restoreFile, restoreDirectory, force };
        restoreCommand.SetAction((parsed, ct) => restore(DataDirectoryOption.Value(parsed.GetValue(restoreDirectory)!), Path.GetFullPath(parsed.GetValue(restoreFile)!), parsed.GetValue(force), ct));

        return new Command("snapshot", "backups of a cluster") { saveCommand, restoreCommand };
    }
}
