using Coxswain.Api;
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
    private readonly FakeApi _api;
    private readonly EventRecorder _events;
    private readonly ImageCollector _collector;
    private double _usage = Full;
    private int? _roomAfter; // not null: with so many images left the disk has room again

    public ImageCollectorTests()
    {
        _runtime = new SimulatedRuntime(_time, null);
        _api = new FakeApi(_time);
        _events = new EventRecorder(_api, "kubelet", TestNode.Name, _time, NullLogger.Instance);
        _objects = new NodeObjects(_api, _time, NullLoggerFactory.Instance);
        var options = new NodeAgentOptions { NodeName = TestNode.Name, DataDirectory = "/nonexistent" };
        _collector = new ImageCollector(new NodeServices
        {
            Options = options, Api = _api, Runtime = _runtime, Time = _time, Loggers = NullLoggerFactory.Instance, Events = _events,
            Objects = _objects, Images = new ImagePuller(_runtime), Mounter = new FakeMounter(), Paths = new PodPaths(options.DataDirectory), RuntimeName = "simulated",
            Allocatable = new Dictionary<string, decimal>(), NodeDns = new DnsConfig([], [], []),
        }, _ => new DiskSpace(10L << 30, (long)Math.Ceiling((10L << 30) * (1 - Usage))), NullLogger.Instance);
    }

    private double Usage => _roomAfter is { } left && _runtime.ListImagesAsync(default).Result.Count <= left ? 0.79 : _usage;

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
        return (await _collector.CollectAsync(Ct)).Removed;
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

    /// <summary>One just pulled is not an hour old because the clock says so, and one long unused does not stay for it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Images_ClockSet_GoInTheirTime(int hours)
    {
        await _runtime.PullImageAsync("a:1", null, Ct);
        await _collector.CollectAsync(Ct);
        _time.Set(TimeSpan.FromHours(hours));

        Assert.Equal(0, (await _collector.CollectAsync(Ct)).Removed);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, (await _collector.CollectAsync(Ct)).Removed);
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
        Assert.Equal(1, (await _collector.CollectAsync(Ct)).Removed);
        Assert.Equal(["docker.io/library/new:1"], await LeftAsync());
    }

    [Fact]
    public async Task ImageJustPulled_IsLeftAlone()
    {
        await _runtime.PullImageAsync("fresh:1", null, Ct);
        Assert.Equal(0, (await _collector.CollectAsync(Ct)).Removed);
        _time.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(0, (await _collector.CollectAsync(Ct)).Removed);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await _collector.CollectAsync(Ct)).Removed);
    }

    /// <summary>Each time that there is not enough to remove, and as a failure of the collection once that happens again.</summary>
    [Fact]
    public async Task DiskThatStaysFull_IsToldOnTheNode()
    {
        await _runtime.PullImageAsync("a:1", null, Ct);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        Task[] running = [_collector.RunAsync(stop.Token), _events.RunAsync(stop.Token)];
        IReadOnlyList<(string Reason, string Type, string Message, int? Count)> Told() => [.. _api.All(Kinds.Events).Select(e => (e.Reason, e.Type, e.Message, e.Count)).OrderBy(e => e.Reason).ThenBy(e => e.Message)];
        static string Why(int freed) => "Insufficient free disk space on the node's image filesystem (90% of 10.0 GiB used). Failed to free sufficient space by deleting unused images "
            + $"(freed {freed} bytes). Investigate disk usage, as it could be used by active images, logs, volumes, or other data.";
        await TestNode.UntilAsync(() =>
        {
            if (Told().Count < 3) _time.Advance(TimeSpan.FromMinutes(1));
            return Told().Count >= 3;
        });
        Assert.Equal([("FreeDiskSpaceFailed", "Warning", Why(0)), ("FreeDiskSpaceFailed", "Warning", Why(10_000_000))], Told().Where(e => e.Reason == "FreeDiskSpaceFailed").Select(e => (e.Reason, e.Type, e.Message)));
        Assert.StartsWith("Insufficient free disk space", Told().First(e => e.Reason == "ImageGCFailed").Message, StringComparison.Ordinal);
        Assert.All(_api.All(Kinds.Events), e => Assert.Equal(("Node", TestNode.Name), (e.InvolvedObject.Kind, e.InvolvedObject.Name)));
        await stop.CancelAsync();
        await Task.WhenAll(running);
    }

    [Theory]
    [InlineData(1000, "1000 B")]
    [InlineData(1536, "1.5 KiB")]
    [InlineData(28_346_784_768, "26.4 GiB")]
    public void Capacity_IsShownInTheLargestUnit(long bytes, string text) => Assert.Equal(text, new DiskSpace(bytes, 0).CapacityText);
}
