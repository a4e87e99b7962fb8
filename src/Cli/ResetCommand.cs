using System.CommandLine;

namespace Coxswain.Cli;

/// <summary><c>cox reset</c>: as <c>cox down</c>, and deletes the data.</summary>
public static class ResetCommand
{
    /// <param name="run">Given the directory, and whether to go on though its mark, cluster.json, is gone.</param>
    public static Command Create(Func<string, bool, CancellationToken, Task<int>> run)
    {
        var dataDirectory = DataDirectoryOption.Create();
        var force = new Option<bool>("--force")
        {
            Description = "also when cluster.json is gone: end what still runs, delete the cluster's files that are left",
        };
        var command = new Command("reset", "end a cluster and delete everything it kept") { dataDirectory, force };
        command.SetAction((parsed, ct) => run(DataDirectoryOption.Value(parsed.GetValue(dataDirectory)!), parsed.GetValue(force), ct));
        return command;
    }
}
