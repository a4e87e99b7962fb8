using Coxswain.Node.Images;
using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Node.Tests.Images;

public sealed class ImageFolderTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cox-images-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task ImportAsync_SecondTime_ImportsOnlyWhatIsMissing()
    {
        await using var runtime = new SimulatedRuntime(TimeProvider.System);
        var folder = new ImageFolder(_directory.FullName, runtime, NullLogger<ImageFolder>.Instance);
        await WriteAsync("a");
        await WriteAsync("b");
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "junk.tar"), "junk", Ct);
        Assert.Equal(["docker.io/library/a:latest", "docker.io/library/b:latest"], await folder.ImportAsync(Ct));

        // Unreadable now, but its image is there: it is not read again.
        var (file, time) = (Path.Combine(_directory.FullName, "a.tar"), File.GetLastWriteTimeUtc(Path.Combine(_directory.FullName, "a.tar")));
        await File.WriteAllBytesAsync(file, new byte[new FileInfo(file).Length], Ct);
        File.SetLastWriteTimeUtc(file, time);
        await runtime.RemoveImageAsync("b", Ct);
        Assert.Equal(["docker.io/library/a:latest", "docker.io/library/b:latest"], await folder.ImportAsync(Ct));
        Assert.NotNull(await runtime.GetImageAsync("b", Ct));
    }

    /// <summary>Whoever opens a pipe waits for a writer, and the node would not start.</summary>
    [Fact]
    public async Task ImportAsync_PipeInTheFolder_IsLeftOut()
    {
        await using var runtime = new SimulatedRuntime(TimeProvider.System);
        await WriteAsync("a");
        using (var made = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(_directory.FullName, "pipe.tar")])) await made.WaitForExitAsync(Ct);
        var folder = new ImageFolder(_directory.FullName, runtime, NullLogger<ImageFolder>.Instance);
        Assert.Equal(["docker.io/library/a:latest"], await Task.Run(() => folder.ImportAsync(Ct), Ct).WaitAsync(TimeSpan.FromSeconds(60), Ct));
    }

    private async Task WriteAsync(string name)
    {
        await using var file = File.Create(Path.Combine(_directory.FullName, name + ".tar"));
        await OciArchive.WriteAsync(file, name, new ImageSettings(), [new ImageLayer().AddFile(name, [1]).ToTar()], Ct);
    }
}
