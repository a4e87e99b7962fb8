using Coxswain.Client;
using Coxswain.Node.Images;
using Coxswain.Node.Objects;
using Coxswain.Node.Pods;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Runtime;
using Coxswain.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Node.Tests.Images;

public sealed class ImageCollectorTests : IAsyncDisposable
{
    private const double Full = 0.9;
    private readonly FakeTime _time = new();
    private readonly SimulatedRuntime _runtime;
    private readonly NodeObjects _objects;
    private readonly ImageCollector _collector;
    private double _usage = Full;
    private int? _roomAfter; // not null: with so many images left the disk has room again

    public ImageCollectorTests()
    {
        _runtime = new SimulatedRuntime(_time, null);
        var api = new FakeApi(_time);
        _objects = new NodeObjects(api, _time, NullLoggerFactory.Instance);
        var options = new NodeAgentOptions { NodeName = TestNode.Name, DataDirectory = "/nonexistent" };
        _collector = new ImageCollector(new NodeServices
        {
            Options = options, Api = api, Runtime = _runtime, Time = _time, Loggers = NullLoggerFactory.Instance, Events = new EventRecorder(api, "kubelet", TestNode.Name, _time, NullLogger.Instance),
            Objects = _objects, Images = new ImagePuller(_runtime), Mounter = new FakeMounter(), Paths = new PodPaths(options.DataDirectory), RuntimeName = "simulated",
            Allocatable = new Dictionary<string, decimal>(), NodeDns = new DnsConfig([], [], []),
        }, _ => _roomAfter is { } left && _runtime.ListImagesAsync(default).Result.Count <= left ? 0.79 : _usage, NullLogger.Instance);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _objects.DisposeAsync();
        await _runtime.DisposeAsync();
    }

    private async Task<IReadOnlyList<string>> LeftAsync() => [.. (await _runtime.ListImagesAsync(Ct)).SelectMany(i => i.RepoTags).Order()];

    /// <summary>Images are noticed by one look and old enough at the next.</summary>
    private async Task<int> CollectAsync()
    {
        await _collector.CollectAsync(Ct);
        _time.Advance(TimeSpan.FromMinutes(5));
        return await _collector.CollectAsync(Ct);
    }

    [Fact]
    public async Task FullDisk_UnusedImagesGo_ImportedAndPauseImagesStay()
    {
        await PauseImage.EnsureAsync(_runtime, Ct);
        using var archive = new MemoryStream();
        await OciArchive.WriteAsync(archive, "imported:1", new ImageSettings { Command = ["x"] }, [new ImageLayer().AddDirectory("etc").ToTar()], Ct);
        archive.Position = 0;
        await _runtime.ImportImagesAsync(archive, Ct);
        await _runtime.PullImageAsync("pulled:1", null, Ct);
        await _runtime.PullImageAsync("pulled:2", null, Ct);
        Assert.Equal(2, await CollectAsync());
        Assert.Equal([PauseImage.Name, "docker.io/library/imported:1"], await LeftAsync());
    }

    [Fact]
    public async Task ImageOfAContainer_Stays_EvenWhenItHasEnded()
    {
        await _runtime.PullImageAsync("used:1", null, Ct);
        await _runtime.PullImageAsync("unused:1", null, Ct);
        var sandbox = new SandboxConfig { Metadata = new SandboxMetadata("p", "default", "u", 0) };
        var id = await _runtime.RunSandboxAsync(sandbox, Ct);
        var container = await _runtime.CreateContainerAsync(id, new ContainerConfig { Name = "c", Image = (await _runtime.GetImageAsync("used:1", Ct))!.Id, Command = ["true"] }, sandbox, Ct);
        await _runtime.StartContainerAsync(container, Ct);
        Assert.Equal(1, await CollectAsync());
        Assert.Equal(["docker.io/library/used:1"], await LeftAsync());
    }

    [Theory]
    [InlineData(0.84, 0)]
    [InlineData(0.86, 2)]
    public async Task Images_GoOnlyAboveTheMark(double usage, int gone)
    {
        _usage = usage;
        await _runtime.PullImageAsync("a:1", null, Ct);
        await _runtime.PullImageAsync("b:1", null, Ct);
        Assert.Equal(gone, await CollectAsync());
    }

    [Fact]
    public async Task Images_GoOnlyUntilThereIsRoom_ThoseUnusedForLongestFirst()
    {
        await _runtime.PullImageAsync("old:1", null, Ct);
        _usage = 0;
        await _collector.CollectAsync(Ct);
        _time.Advance(TimeSpan.FromMinutes(5));
        await _runtime.PullImageAsync("new:1", null, Ct);
        await _collector.CollectAsync(Ct);
        _time.Advance(TimeSpan.FromMinutes(5));
        _usage = Full;
        _roomAfter = 1;
        Assert.Equal(1, await _collector.CollectAsync(Ct));
        Assert.Equal(["docker.io/library/new:1"], await LeftAsync());
    }

    [Fact]
    public async Task ImageJustPulled_IsLeftAlone()
    {
        await _runtime.PullImageAsync("fresh:1", null, Ct);
        Assert.Equal(0, await _collector.CollectAsync(Ct));
        _time.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(0, await _collector.CollectAsync(Ct));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await _collector.CollectAsync(Ct));
    }
}
