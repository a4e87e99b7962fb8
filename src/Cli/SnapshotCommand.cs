using System.CommandLine;

namespace Coxswain.Cli;

/// <summary><c>cox snapshot save</c> and <c>cox snapshot restore</c>: a backup of a cluster in one file.</summary>
public static class SnapshotCommand
{
    /// <param name="save">Given the directory and the file.</param>
    /// <param name="restore">The same, and whether to replace a cluster that is there.</param>
    public static Command Create(
        Func<string, string, CancellationToken, Task<int>> save, Func<string, string, bool, CancellationToken, Task<int>> restore) =>
        new("snapshot", "backups of a cluster") { Save(save), Restore(restore) };

    private static Command Save(Func<string, string, CancellationToken, Task<int>> run)
    {
        var file = new Argument<string>("FILE") { Description = "where the snapshot goes; one that is there is replaced" };
        var directory = DataDirectoryOption.Create();
        const string What = "save a cluster's state and keys, also while it runs; keep the file as safe as a private key";
        var command = new Command("save", What) { file, directory };
        command.SetAction((parsed, ct) =>
            run(DataDirectoryOption.Value(parsed.GetValue(directory)!), Path.GetFullPath(parsed.GetValue(file)!), ct));
        return command;
    }

    private static Command Restore(Func<string, string, bool, CancellationToken, Task<int>> run)
    {
        var file = new Argument<string>("FILE") { Description = "the snapshot; it is checked before anything is changed" };
        var directory = DataDirectoryOption.Create();
        var force = new Option<bool>("--force") { Description = "replace the cluster that is in the directory; its state is kept beside" };
        var command = new Command("restore", "bring a cluster back as it was; its server must not run") { file, directory, force };
        command.SetAction((parsed, ct) =>
            run(DataDirectoryOption.Value(parsed.GetValue(directory)!), Path.GetFullPath(parsed.GetValue(file)!), parsed.GetValue(force), ct));
        return command;
    }
}
