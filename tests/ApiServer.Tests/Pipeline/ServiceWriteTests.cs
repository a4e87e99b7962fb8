using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using Coxswain.ApiServer.Resources.Core.Services;

namespace Coxswain.ApiServer.Tests.Pipeline;

/// <summary>Services through all of a write: addresses are theirs from create to delete, and over a restart.</summary>
public sealed class ServiceWriteTests : IAsyncDisposable
{
    private const string Fixed = """{"metadata":{"name":"a"},"spec":{"type":"NodePort","clusterIP":"10.43.0.77","ports":[{"port":80,"nodePort":30077}]}}""";
    private readonly CoreFixture _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Create_AddressInUse_IsRefusedUntilItsOwnerIsDeleted()
    {
        await _server.NamespaceAsync("ns");
        await _server.CreateAsync(Kinds.Services, "ns", Fixed);
        var other = Fixed.Replace("\"a\"", "\"b\"", StringComparison.Ordinal);
        await CoreFixture.FailsAsync(422, "Invalid",
            "Service \"b\" is invalid: spec.clusterIPs: Invalid value: [\"10.43.0.77\"]: failed to allocate IP 10.43.0.77: provided IP is already allocated",
            () => _server.CreateAsync(Kinds.Services, "ns", other));
        await _server[Kinds.Services].DeleteAsync(CoreFixture.Request("ns", "a"), null);
        await _server.CreateAsync(Kinds.Services, "ns", other);
    }

    [Fact]
    public async Task Create_DryRun_ShowsAnAddressAndHoldsNone()
    {
        await _server.NamespaceAsync("ns");
        var shown = CoreFixture.Node((await _server[Kinds.Services].CreateAsync(CoreFixture.Request("ns", dryRun: true), CoreFixture.Body(Fixed))).Json);
        Assert.Equal("10.43.0.77", (string?)shown["spec"]!["clusterIP"]);
        await _server.CreateAsync(Kinds.Services, "ns", Fixed);
    }

    [Fact]
    public async Task Update_ManifestWithoutAddress_KeepsIt()
    {
        await _server.NamespaceAsync("ns");
        var made = await _server.CreateAsync(Kinds.Services, "ns", """{"metadata":{"name":"a"},"spec":{"ports":[{"port":80}]}}""");
        var updated = await _server.UpdateAsync(Kinds.Services, "ns", "a", """{"metadata":{"name":"a"},"spec":{"selector":{"a":"b"},"ports":[{"port":81}]}}""");
        Assert.Equal((string?)made["spec"]!["clusterIP"], (string?)updated["spec"]!["clusterIP"]);
        Assert.Equal("IPv4", (string?)updated["spec"]!["ipFamilies"]![0]);
    }

    [Fact]
    public async Task Update_OtherAddress_MayNotChange()
    {
        await _server.NamespaceAsync("ns");
        await _server.CreateAsync(Kinds.Services, "ns", Fixed);
        await CoreFixture.FailsAsync(422, "Invalid", "Service \"a\" is invalid: spec.clusterIPs[0]: Invalid value: [\"10.43.0.78\"]: may not change once set",
            () => _server.UpdateAsync(Kinds.Services, "ns", "a", Fixed.Replace("\"clusterIP\":\"10.43.0.77\"", "\"clusterIP\":\"10.43.0.78\",\"clusterIPs\":[\"10.43.0.77\"]", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Restart_StoredServices_StillHoldTheirAddresses()
    {
        await _server.NamespaceAsync("ns");
        await _server.CreateAsync(Kinds.Services, "ns", Fixed);
        var restarted = new ApiServerCore(_server.Store, _server.Clock, ResourceCatalog.All, new PipelineOptions());
        var error = await Assert.ThrowsAsync<StatusException>(async () => await restarted.Find("", "v1", "services")!
            .CreateAsync(CoreFixture.Request("ns"), CoreFixture.Body("""{"metadata":{"name":"b"},"spec":{"type":"NodePort","ports":[{"port":80,"nodePort":30077}]}}""")));
        Assert.Equal("Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 30077: provided port is already allocated", error.Message);
    }

    [Fact]
    public async Task EnsureAsync_TwiceAndMoved_KeepsOneKubernetesService()
    {
        await _server.NamespaceAsync("default");
        await ApiServerService.EnsureAsync(_server.Client, "10.43.0.0/16", "192.0.2.1", 6443, CoreFixture.Ct);
        var first = _server.Get(Kinds.Services, "default", "kubernetes");
        await ApiServerService.EnsureAsync(_server.Client, "10.43.0.0/16", "192.0.2.1", 6443, CoreFixture.Ct);
        Assert.True(JsonNode.DeepEquals(first, _server.Get(Kinds.Services, "default", "kubernetes")));
        Assert.Equal("10.43.0.1", (string?)first["spec"]!["clusterIP"]);

        await ApiServerService.EnsureAsync(_server.Client, "10.43.0.0/16", "192.0.2.2", 7443, CoreFixture.Ct);
        var slice = await _server.Client.GetAsync(Kinds.EndpointSlices, "default", "kubernetes", CoreFixture.Ct);
        Assert.Equal(("192.0.2.2", 7443), (slice.Endpoints[0].Addresses[0], slice.Ports[0].Port));
        Assert.Equal("192.0.2.2", (await _server.Client.GetAsync(Kinds.Endpoints, "default", "kubernetes", CoreFixture.Ct)).Subsets[0].Addresses[0].Ip);
    }
}
