using System.CommandLine;

namespace Coxswain.Cli;

/// <summary><c>cox reset</c>: as <c>cox down</c>, and deletes the data.</summary>
public static class ResetCommand
{
    public static Command Create(Func<string, CancellationToken, Task<int>> run)
    {
        var dataDirectory = DataDirectoryOption.Create();
        var command = new Command("reset", "end a cluster and delete everything it kept") { dataDirectory };
        command.SetAction((parsed, ct) => run(DataDirectoryOption.Value(parsed.GetValue(dataDirectory)!), ct));
        return command;
    }
}
