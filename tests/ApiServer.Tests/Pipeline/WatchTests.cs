using System.Buffers;
using System.Text;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.Client;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Pipeline;

public sealed class WatchTests : IAsyncLifetime
{
    private readonly CoreFixture _server = new();

    public async ValueTask InitializeAsync()
    {
        await _server.NamespaceAsync("ns");
        await MakeAsync("a", "x");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task MakeAsync(string name, string label) => _server.CreateAsync(Kinds.ConfigMaps, "ns", $$$$"""{"metadata":{"name":"{{{{name}}}}","labels":{"l":"{{{{label}}}}"}}}""");

    private Task LabelAsync(string name, string label) => _server.UpdateAsync(Kinds.ConfigMaps, "ns", name, $$$$"""{"metadata":{"name":"{{{{name}}}}","labels":{"l":"{{{{label}}}}"}}}""");

    private WatchStream Watch(ListQuery query) => _server[Kinds.ConfigMaps].Watch(Request("ns"), query);

    private static async Task<List<string>> Read(WatchStream stream, int count)
    {
        var seen = new List<string>();
        while (seen.Count < count)
        {
            var frames = await stream.ReadAsync(Ct).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Ct);
            if (frames.Count == 0) break;
            seen.AddRange(frames.Select(f => $"{f.TypeName} {(string?)Node(f.Json)["metadata"]?["name"] ?? f.Error?.Message ?? "-"}"));
        }
        return seen;
    }

    [Fact]
    public async Task Watch_FromNothing_ShowsThePresentThenTheChanges()
    {
        using var watch = Watch(new ListQuery());
        await MakeAsync("b", "y");
        await LabelAsync("b", "z");
        await _server[Kinds.ConfigMaps].DeleteAsync(Request("ns", "a"), null);

        Assert.Equal(["ADDED a", "ADDED b", "MODIFIED b", "DELETED a"], await Read(watch, 4));
    }

    [Fact]
    public async Task Watch_FromARevision_ShowsOnlyWhatCameAfter()
    {
        using var watch = Watch(new ListQuery { ResourceVersion = $"{_server.Store.Revision}" });
        await MakeAsync("b", "y");

        Assert.Equal(["ADDED b"], await Read(watch, 1));
    }

    [Fact]
    public async Task Watch_Selected_SeesObjectsComeAndGo()
    {
        using var watch = Watch(new ListQuery { LabelSelector = "l=x" });
        await MakeAsync("b", "y");
        await LabelAsync("b", "x");
        await LabelAsync("a", "y");
        var left = _server.Store.Revision;
        await LabelAsync("a", "z");
        await _server[Kinds.ConfigMaps].DeleteAsync(Request("ns", "b"), null);

        Assert.Equal(["ADDED a"], await Read(watch, 1));
        var frames = new List<WatchFrame>();
        while (frames.Count < 3) frames.AddRange(await watch.ReadAsync(Ct));
        Assert.Equal(["ADDED", "DELETED", "DELETED"], frames.Select(f => f.TypeName));
        // The state that was selected last, at the revision that took it out of the selection.
        var gone = Node(frames[1].Json)["metadata"]!;
        Assert.Equal(("a", "x", $"{left}"), ((string)gone["name"]!, (string)gone["labels"]!["l"]!, (string)gone["resourceVersion"]!));
    }

    [Fact]
    public async Task Watch_SendInitialEvents_ClosesThemWithABookmark()
    {
        using var watch = Watch(new ListQuery { SendInitialEvents = true, ResourceVersionMatch = "NotOlderThan", AllowWatchBookmarks = true });

        var frames = await watch.ReadAsync(Ct);

        Assert.Equal([WatchFrameType.Added, WatchFrameType.Bookmark], frames.Select(f => f.Type));
        var meta = Node(frames[1].Json)["metadata"]!;
        Assert.Equal(("true", $"{_server.Store.Revision}"), ((string)meta["annotations"]!["k8s.io/initial-events-end"]!, (string)meta["resourceVersion"]!));
    }

    [Fact]
    public async Task Watch_WithBookmarks_GetsOneEveryMinute()
    {
        using var watch = Watch(new ListQuery { ResourceVersion = $"{_server.Store.Revision}", AllowWatchBookmarks = true });
        var read = watch.ReadAsync(Ct).AsTask();
        Assert.False(read.IsCompleted);

        _server.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(WatchFrameType.Bookmark, Assert.Single(await read.WaitAsync(TimeSpan.FromSeconds(60), Ct)).Type);
        await MakeAsync("b", "y");
        Assert.Equal(["ADDED b"], await Read(watch, 1));
    }

    [Fact]
    public async Task Watch_FromAForgottenRevision_EndsWithAnExpiredEvent()
    {
        await LabelAsync("a", "y");
        await _server.Store.CompactAsync(_server.Store.Revision, Ct);
        using var watch = Watch(new ListQuery { ResourceVersion = "1" });

        var error = Assert.Single(await watch.ReadAsync(Ct)).Error!;

        Assert.Equal((410, "Expired"), (error.Code, error.Reason));
        Assert.StartsWith("too old resource version: 1 (", error.Message, StringComparison.Ordinal);
        Assert.Empty(await watch.ReadAsync(Ct));
    }

    [Theory]
    [InlineData("1000000")]
    [InlineData("18446744073709551615")]
    public async Task Watch_FromARevisionToCome_WaitsForIt(string revision)
    {
        using var watch = Watch(new ListQuery { ResourceVersion = revision });
        var read = watch.ReadAsync(Ct).AsTask();
        await MakeAsync("b", "y"); // comes before it
        using var other = Watch(new ListQuery { ResourceVersion = $"{_server.Store.Revision}" });
        await MakeAsync("c", "y");
        Assert.Equal(["ADDED c"], await Read(other, 1));

        Assert.False(read.IsCompleted);
    }

    [Fact]
    public async Task Watch_SendInitialEventsOfAStateToCome_EndsWithATimeoutEvent()
    {
        using var watch = Watch(new ListQuery { SendInitialEvents = true, ResourceVersionMatch = "NotOlderThan", ResourceVersion = "999" });

        var error = Assert.Single(await watch.ReadAsync(Ct)).Error!;

        Assert.Equal((504, "Timeout", $"Timeout: Too large resource version: 999, current: {_server.Store.Revision}"), (error.Code, error.Reason, error.Message));
        Assert.Empty(await watch.ReadAsync(Ct));
    }

    [Fact]
    public async Task Frame_OnTheWire_IsOneLine()
    {
        using var watch = Watch(new ListQuery());
        var buffer = new ArrayBufferWriter<byte>();

        (await watch.ReadAsync(Ct))[0].WriteTo(buffer);

        var stored = Encoding.UTF8.GetString(_server.Store.Get("/registry/configmaps/ns/a")!.Bytes.Span);
        Assert.Equal($$"""{"type":"ADDED","object":{{stored}}}""" + "\n", Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    [Fact]
    public async Task InProcessWatchers_ShareOneObject()
    {
        var from = new ListOptions { ResourceVersion = $"{_server.Store.Revision}" };
        await using var one = _server.Client.WatchAsync(Kinds.ConfigMaps, "ns", from, Ct).GetAsyncEnumerator(Ct);
        await using var two = _server.Client.WatchAsync(Kinds.ConfigMaps, "ns", from, Ct).GetAsyncEnumerator(Ct);
        var (first, second) = (one.MoveNextAsync().AsTask(), two.MoveNextAsync().AsTask());
        await MakeAsync("b", "y");
        Assert.True(await first && await second);

        Assert.Same(one.Current.Value, two.Current.Value);
        Assert.Equal((Client.WatchEventType.Added, "b"), (one.Current.Type, one.Current.Value.Metadata.Name));
    }
}
