using Coxswain.Network.Cni;
using Coxswain.Node.Containerd;
using Coxswain.Node.Images;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Node.Tests.Runtime;

/// <summary>A containerd of the tests' own in a temporary directory, with network and test image; afterwards nothing of it is left.</summary>
public sealed class ContainerdFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cox-node-");
    private readonly CancellationTokenSource _stop = new();
    private static int Made;
    private readonly BridgeNetwork _network;
    private Task _running = Task.CompletedTask;

    public ContainerdFixture() : this(TimeSpan.FromSeconds(10))
    {
    }

    internal ContainerdFixture(TimeSpan answerLimit)
    {
        // Each its own range: two bridges with the same one would take each other's answers.
        var range = (Environment.ProcessId + Interlocked.Increment(ref Made)) % 256;
        _network = new BridgeNetwork(_directory.FullName, $"10.213.{range}.0/24", "10.213.0.0/16");
        Host = MakeHost(answerLimit);
    }

    /// <summary>Null, or what this machine lacks.</summary>
    public static string? Missing =>
        Environment.UserName != "root" ? "needs root"
        : !File.Exists("/usr/bin/containerd") || !File.Exists("/usr/lib/cni/bridge") ? "needs containerd, runc and containernetworking-plugins"
        : !File.Exists("/bin/busybox") ? "needs busybox-static" : null;

    public ContainerdHost Host { get; }
    public string DataDirectory => _directory.FullName;
    public string Bridge => _network.Bridge;

    public ContainerdHost MakeHost(TimeSpan? answerLimit = null) => new(
        new ContainerdOptions { Directory = Path.Combine(_directory.FullName, "containerd"), CniConfigDirectory = _network.ConfigDirectory, AnswerLimit = answerLimit ?? TimeSpan.FromSeconds(10) }, TimeProvider.System, NullLoggerFactory.Instance);

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null) return;
        try { await StartAsync(TestContext.Current.CancellationToken); }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private async Task StartAsync(CancellationToken ct)
    {
        await _network.SetUpAsync(ct);
        await Host.StartAsync(ct);
        _running = Host.RunAsync(_stop.Token);
        await Host.Runtime.ImportImagesAsync(await TestImageAsync(ct), ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_directory.Exists is false) return;
        if (Missing is null)
        {
            await _stop.CancelAsync();
            await _running;
            await Host.DownAsync(CancellationToken.None);
            await Host.DisposeAsync();
            await _network.TearDownAsync(CancellationToken.None);
        }
        _stop.Dispose();
        _directory.Delete(recursive: true);
        _directory.Refresh();
    }

    /// <summary>busybox with the commands the tests use.</summary>
    public static async Task<Stream> TestImageAsync(CancellationToken ct)
    {
        var layer = new ImageLayer().AddDirectory("bin").AddDirectory("etc").AddDirectory("proc").AddDirectory("sys").AddDirectory("dev")
            .AddDirectory("tmp", (UnixFileMode)0b001_111_111_111).AddFile("etc/passwd", "root:x:0:0:root:/:/bin/sh\n"u8.ToArray())
            .AddFile("bin/busybox", await File.ReadAllBytesAsync("/bin/busybox", ct), executable: true);
        foreach (var applet in new[] { "sh", "sleep", "cat", "echo", "true", "false", "readlink", "nc", "ps", "ip", "hostname", "stty", "id", "stat", "ls", "touch", "env", "grep", "yes", "head", "wc", "mkdir", "httpd", "kill", "seq", "tr", "cut", "mount" }) layer.AddSymbolicLink("bin/" + applet, "busybox");
        var archive = new MemoryStream();
        await OciArchive.WriteAsync(archive, "coxtest:1", new ImageSettings { Command = ["sh"], Environment = ["PATH=/bin"] }, [layer.ToTar()], ct);
        archive.Position = 0;
        return archive;
    }
}
