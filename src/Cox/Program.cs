using System.CommandLine;
using Coxswain;
using Coxswain.Cli;

// `cox`: every part wired together. The verbs are declared in Coxswain.Cli; what they do stands beside this file.
var root = new RootCommand("Coxswain: Kubernetes in one small process")
{
    UpCommand.Create((o, ct) => Task.FromResult(0)),
    DownCommand.Create((d, ct) => Task.FromResult(0)),
    ResetCommand.Create((d, ct) => Task.FromResult(0)),
    ImageCommand.Create((d, f, ct) => Task.FromResult(0), (d, ct) => Task.FromResult(0)),
    VersionCommand.Create("0.1.0", "v1.36.0"),
};
try
{
    return await CommandLine.RunAsync(root, CommandLine.WithKubeletArgs(args, Environment.GetEnvironmentVariable("KUBELET_ARGS")), Console.Error);
}
catch (CommandException e)
{
    await Console.Error.WriteLineAsync($"cox: {e.Message}");
    return 1;
}
