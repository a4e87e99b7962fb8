using System.CommandLine;
using Coxswain;
using Coxswain.Cli;

// `cox`: the verbs are declared in Coxswain.Cli; what they do stands beside this file, where every part is wired together.
var root = new RootCommand("Coxswain: Kubernetes in one small process")
{
    UpCommand.Create((options, ct) => new Up(options).RunAsync(ct)),
    DownCommand.Create((directory, ct) => new Down(directory).RunAsync(deleteData: false, ct)),
    ResetCommand.Create((directory, ct) => new Down(directory).RunAsync(deleteData: true, ct)),
    ImageCommand.Create(Images.ImportAsync, Images.ListAsync),
    VersionCommand.Create(Versions.Cox, Versions.Kubernetes),
};
Umask.Set();
try
{
    return await CommandLine.RunAsync(root, args, Environment.GetEnvironmentVariable("KUBELET_ARGS"), Console.Out, Console.Error);
}
catch (CommandException e)
{
    await Console.Error.WriteLineAsync($"cox: {e.Message}");
    return 1;
}
