using System.CommandLine;

namespace Coxswain.Cli.Tests;

/// <summary>The command line of <c>cox</c> with verbs that only note what they were asked for.</summary>
internal sealed class Cox
{
    public UpOptions? Up { get; private set; }

    /// <summary>What the other verbs were asked for, as <c>VERB DIRECTORY FILES</c>.</summary>
    public List<string> Asked { get; } = [];

    public string Error { get; private set; } = "";
    public string Output { get; private set; } = "";

    /// <summary>Runs one command line: its exit code.</summary>
    public async Task<int> RunAsync(string[] args, string? kubeletArgs = null)
    {
        using var error = new StringWriter();
        using var output = new StringWriter();
        var root = new RootCommand("cox")
        {
            UpCommand.Create((options, _) => { Up = options; return Task.FromResult(0); }),
            DownCommand.Create((directory, _) => Note($"down {directory}")),
            ResetCommand.Create((directory, force, _) => Note($"reset {directory}{(force ? " by force" : "")}")),
            ImageCommand.Create((directory, files, _) => Note($"import {directory} {string.Join(' ', files)}"), (directory, _) => Note($"ls {directory}")),
            SnapshotCommand.Create((directory, file, _) => Note($"save {directory} {file}"), (directory, file, force, _) => Note($"restore {directory} {file}{(force ? " by force" : "")}")),
            VersionCommand.Create("1.2.3", "v1.36.0"),
        };
        var code = await CommandLine.RunAsync(root, args, kubeletArgs, output, error);
        (Error, Output) = (error.ToString(), output.ToString());
        return code;
    }

    private Task<int> Note(string what)
    {
        Asked.Add(what);
        return Task.FromResult(0);
    }
}
