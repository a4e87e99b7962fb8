using System.Text;
using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http;

/// <summary>The client for what runs elsewhere, against a real server.</summary>
public sealed class HttpApiClientTests
{
    [Fact]
    public async Task Objects_AreCreatedReadPatchedUpdatedAndDeleted()
    {
        await using var server = await HttpFixture.StartAsync();
        using var client = new HttpApiClient(KubeConfig.Load(server.KubeConfigPath));
        var created = await client.CreateAsync(Kinds.ConfigMaps, New("app"), HttpFixture.Ct);
        var patched = await client.PatchAsync(Kinds.ConfigMaps, "ns", "app", new Patch(PatchType.Merge, Encoding.UTF8.GetBytes("""{"data":{"a":"c"}}""")), null, HttpFixture.Ct);
        patched.Data["d"] = "e";
        await client.UpdateAsync(Kinds.ConfigMaps, patched, null, HttpFixture.Ct);
        var got = await client.GetAsync(Kinds.ConfigMaps, "ns", "app", HttpFixture.Ct);
        var list = await client.ListAsync(Kinds.ConfigMaps, "ns", new ListOptions { FieldSelector = "metadata.name=app" }, HttpFixture.Ct);
        await client.DeleteAsync(Kinds.ConfigMaps, "ns", "app", null, HttpFixture.Ct);
        var gone = await Assert.ThrowsAsync<StatusException>(() => client.GetAsync(Kinds.ConfigMaps, "ns", "app", HttpFixture.Ct));

        Assert.Equal(created.Metadata.Uid, got.Metadata.Uid);
        Assert.Equal(("c", "e"), (got.Data["a"], got.Data["d"]));
        Assert.Equal(("ConfigMap", "app"), (list.Items.Single().Kind, list.Items.Single().Metadata.Name));
        Assert.Equal((404, "NotFound", "configmaps \"app\" not found"), (gone.Code, gone.Reason, gone.Message));
    }

    [Fact]
    public async Task Watch_FromAList_GoesOnWhereItEnded()
    {
        await using var server = await HttpFixture.StartAsync();
        using var client = new HttpApiClient(KubeConfig.Load(server.KubeConfigPath));
        await server.CreateConfigMapAsync("before");
        var list = await client.ListAsync(Kinds.ConfigMaps, "ns", new ListOptions(), HttpFixture.Ct);
        await using var events = client.WatchAsync(Kinds.ConfigMaps, "ns", new ListOptions { ResourceVersion = list.ResourceVersion }, HttpFixture.Ct).GetAsyncEnumerator(HttpFixture.Ct);
        await server.CreateConfigMapAsync("after");

        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(HttpFixture.Bound, HttpFixture.Ct));
        Assert.Equal((WatchEventType.Added, "after"), (events.Current.Type, events.Current.Value.Metadata.Name));
    }

    [Fact]
    public async Task Server_ThatIsGone_IsServiceUnavailable()
    {
        var server = await HttpFixture.StartAsync();
        using var client = new HttpApiClient(KubeConfig.Load(server.KubeConfigPath));
        await server.DisposeAsync();
        var error = await Assert.ThrowsAsync<StatusException>(() => client.GetAsync(Kinds.ConfigMaps, "ns", "app", HttpFixture.Ct));

        Assert.Equal((503, "ServiceUnavailable"), (error.Code, error.Reason));
    }

    private static V1ConfigMap New(string name) => new() { Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "ns" }, Data = new Dictionary<string, string> { ["a"] = "b" } };
}
