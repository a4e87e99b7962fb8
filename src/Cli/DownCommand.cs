using System.CommandLine;

namespace Coxswain.Cli;

/// <summary><c>cox down</c>: ends server, Pods and containerd; the data stays.</summary>
public static class DownCommand
{
    public static Command Create(Func<string, CancellationToken, Task<int>> run)
    {
        var dataDirectory = DataDirectoryOption.Create();
        var command = new Command("down", "end a cluster: its server, its Pods and its containerd; the data stays") { dataDirectory };
        command.SetAction((parsed, ct) => run(DataDirectoryOption.Value(parsed.GetValue(dataDirectory)!), ct));
        return command;
    }
}
