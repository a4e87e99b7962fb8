using Coxswain.Api;
using Coxswain.Node.Objects;
using Coxswain.TestKit;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Node.Tests.Objects;

public sealed class ObjectWatchesTests
{
    /// <summary>The watch lags behind what was read, and then shows at one go the change and the deletion.</summary>
    [Fact]
    public async Task Reference_ReadAheadOfTheWatch_ForgetsAnObjectThatIsDeleted()
    {
        var ct = TestContext.Current.CancellationToken;
        var api = new FakeApi(TimeProvider.System);
        var name = new NamespacedName("default", "app");
        using var goOn = new ManualResetEventSlim(true);
        var changes = 0;
        await using var watches = new ObjectWatches<V1ConfigMap>(api, Kinds.ConfigMaps, TimeProvider.System, NullLogger.Instance);
        await using var first = watches.Acquire(name, () => goOn.Wait(CancellationToken.None)); // on the watch's own loop, which stands until the test lets it go on
        Assert.Null(await first.GetAsync(ct));

        goOn.Reset();
        try
        {
            var map = Kinds.ConfigMaps.Clone(await api.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New(name.Namespace, name.Name), ct));
            await Eventually.TrueAsync(async () => await first.GetAsync(ct) is not null, ct);
            map.Data = new Dictionary<string, string> { ["a"] = "1" };
            await api.UpdateAsync(Kinds.ConfigMaps, map, null, ct);
            await using var second = watches.Acquire(name, () => Interlocked.Increment(ref changes));
            Assert.Equal("1", (await second.GetAsync(ct))!.Data["a"]);
            await api.DeleteAsync(Kinds.ConfigMaps, name.Namespace, name.Name, null, ct);
            goOn.Set();
            await TestNode.UntilAsync(() => Volatile.Read(ref changes) >= 2);
            Assert.Null(await second.GetAsync(ct));
        }
        finally { goOn.Set(); }
    }
}
