using System.CommandLine;
using Coxswain;
using Coxswain.Cli;

// `cox`: the verbs are declared in Coxswain.Cli; what they do stands beside this file, where every part is wired together.
var root = new RootCommand("Coxswain: Kubernetes in one small process")
{
    UpCommand.Create((options, ct) => new Up(options).RunAsync(ct)),
    DownCommand.Create((directory, ct) => new Down(directory).RunAsync(deleteData: false, force: false, ct)),
    ResetCommand.Create((directory, force, ct) => new Down(directory).RunAsync(deleteData: true, force, ct)),
    ImageCommand.Create(Images.ImportAsync, Images.ListAsync),
    SnapshotCommand.Create(
        (directory, file, ct) => new SnapshotSave(directory, file).RunAsync(ct),
        (directory, file, force, ct) => new SnapshotRestore(directory, file, force).RunAsync(ct)),
    VersionCommand.Create(Versions.Cox, Versions.Kubernetes),
};
Umask.Set();
try
{
    return await CommandLine.RunAsync(root, args, Environment.GetEnvironmentVariable("KUBELET_ARGS"), Console.Out, Console.Error);
}
catch (Exception e) // boundary: whatever went wrong is one line for the user
{
    await Console.Error.WriteLineAsync($"cox: {Failure.Line(e)}");
    return 1;
}
