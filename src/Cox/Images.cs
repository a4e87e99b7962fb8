using System.Globalization;
using Coxswain.Api;
using Coxswain.Node.Containerd;
using Coxswain.Node.Cri;
using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Coxswain;

/// <summary><c>cox image import</c> and <c>cox image ls</c>: straight to the node's containerd, which may run without its server.</summary>
internal static class Images
{
    public static async Task<int> ImportAsync(string path, IReadOnlyList<string> files, CancellationToken ct)
    {
        await using var runtime = Open(path);
        foreach (var file in files)
        {
            try
            {
                await using var archive = File.OpenRead(file);
                foreach (var name in await runtime.ImportImagesAsync(archive, ct)) Console.Out.WriteLine(name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                throw new CommandException($"{file}: {SystemFailure.Reason(e)}");
            }
            catch (RuntimeException e)
            {
                throw new CommandException($"{file}: {e.Description}");
            }
        }
        return 0;
    }

    public static async Task<int> ListAsync(string path, CancellationToken ct)
    {
        await using var runtime = Open(path);
        var images = await runtime.ListImagesAsync(ct);
        var rows = images.SelectMany(i => (i.RepoTags.Count == 0 ? ["<none>"] : i.RepoTags).Select(t => (Tag: t, i.Id, i.Size))).OrderBy(r => r.Tag, StringComparer.Ordinal).ToList();
        var width = rows.Select(r => r.Tag.Length).Append(5).Max();
        Console.Out.WriteLine($"{"IMAGE".PadRight(width)}  {"ID",-12}  SIZE");
        foreach (var (tag, id, size) in rows)
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tag.PadRight(width)}  {id.Replace("sha256:", "", StringComparison.Ordinal)[..12],-12}  {size / 1e6:0.0} MB"));
        return 0;
    }

    private static CriRuntime Open(string path)
    {
        var directory = new DataDirectory(path);
        var socket = NodeRuntime.Given(directory) ?? new ContainerdPaths(directory.Containerd).Socket;
        if (!File.Exists(socket)) throw new CommandException($"no cluster runs in {path}; start it with: cox up --data-dir {path}");
        return NodeRuntime.Open(socket, directory, new ConsoleLogging(LogLevel.Error));
    }
}
