using System.CommandLine;

namespace Coxswain.Cli;

/// <summary><c>cox image import</c> and <c>cox image ls</c>: the node's own images.</summary>
public static class ImageCommand
{
    public static Command Create(Func<string, IReadOnlyList<string>, CancellationToken, Task<int>> import, Func<string, CancellationToken, Task<int>> list)
    {
        var files = new Argument<string[]>("FILE") { Description = "OCI or docker archives", Arity = ArgumentArity.OneOrMore };
        var importDirectory = DataDirectoryOption.Create();
        var importCommand = new Command("import", "put images from archives into the node; they are never garbage-collected") { files, importDirectory };
        importCommand.SetAction((parsed, ct) => import(DataDirectoryOption.Value(parsed.GetValue(importDirectory)!), parsed.GetValue(files)!, ct));

        var listDirectory = DataDirectoryOption.Create();
        var listCommand = new Command("ls", "list the node's images") { listDirectory };
        listCommand.SetAction((parsed, ct) => list(DataDirectoryOption.Value(parsed.GetValue(listDirectory)!), ct));

        return new Command("image", "the node's images") { importCommand, listCommand };
    }
}
