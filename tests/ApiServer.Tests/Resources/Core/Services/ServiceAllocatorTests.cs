using Coxswain.Api;
using Coxswain.ApiServer.Resources.Core;
using Coxswain.ApiServer.Resources.Core.Services;
using Coxswain.Store;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Resources.Core.Services;

public sealed class ServiceAllocatorTests
{
    private static readonly Service Kind = new();
    private readonly ServiceAllocator _allocator = New();

    [Fact]
    public void Claim_Plain_GetsAnAddressAndItsFamily()
    {
        var spec = Create("""{"ports":[{"port":80}]}""").Spec;
        Assert.StartsWith("10.43.0.", spec.ClusterIP, StringComparison.Ordinal);
        Assert.Equal([spec.ClusterIP], spec.ClusterIPs);
        Assert.Equal(("SingleStack", "IPv4"), (spec.IpFamilyPolicy, Assert.Single(spec.IpFamilies)));
    }

    [Fact]
    public void Claim_EveryAddress_IsGivenOnceThenFull()
    {
        var all = Enumerable.Range(0, 62).Select(_ => Create("""{"ports":[{"port":80}]}""").Spec.ClusterIP).ToHashSet();
        Assert.Equal(62, all.Count);
        Assert.DoesNotContain("10.43.0.0", all);
        Assert.DoesNotContain("10.43.0.63", all);
        Assert.Equal("Internal error occurred: failed to allocate a serviceIP: range is full", Refused("""{"ports":[{"port":80}]}"""));
    }

    [Theory]
    [InlineData("10.43.0.7", "provided IP is already allocated")]
    [InlineData("10.44.0.7", "the provided network does not match the current range")]
    [InlineData("10.43.0.0", "the provided IP (10.43.0.0) is not in the valid range. The range of valid IPs is 10.43.0.0/26")]
    public void Claim_AddressThatCannotBeHad_SaysWhy(string ip, string why)
    {
        Create("""{"clusterIP":"10.43.0.7","ports":[{"port":80}]}""");
        Assert.Equal($"Service \"s\" is invalid: spec.clusterIPs: Invalid value: [\"{ip}\"]: failed to allocate IP {ip}: {why}", Refused($$"""{"clusterIP":"{{ip}}","ports":[{"port":80}]}"""));
    }

    [Theory]
    [InlineData("""{"clusterIP":"None","selector":{"a":"b"}}""", "SingleStack", "IPv4")]
    [InlineData("""{"clusterIP":"None"}""", "RequireDualStack", "IPv4,IPv6")]
    [InlineData("""{"ipFamilyPolicy":"PreferDualStack","ports":[{"port":80}]}""", "PreferDualStack", "IPv4")]
    public void Claim_Families_FollowThePolicy(string spec, string policy, string families)
    {
        var value = Create(spec).Spec;
        Assert.Equal((policy, families), (value.IpFamilyPolicy, string.Join(',', value.IpFamilies)));
    }

    [Theory]
    [InlineData("""{"ipFamilyPolicy":"RequireDualStack","ports":[{"port":80}]}""", "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services")]
    [InlineData("""{"ipFamilies":["IPv6"],"ports":[{"port":80}]}""", "spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster")]
    [InlineData("""{"ipFamilies":["IPv4","IPv6"],"ports":[{"port":80}]}""", "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified")]
    [InlineData("""{"clusterIP":"fd00::1","ports":[{"port":80}]}""", "spec.clusterIPs[0]: Invalid value: [\"fd00::1\"]: IPv6 is not configured on this cluster")]
    public void Claim_FamilyThatTheClusterLacks_IsRefused(string spec, string fault) => Assert.Equal($"Service \"s\" is invalid: {fault}", Refused(spec));

    [Fact]
    public void Claim_NodePorts_TwinsShareAndOthersDiffer()
    {
        var ports = Create("""{"type":"NodePort","ports":[{"name":"a","port":53},{"name":"b","port":53,"protocol":"UDP"},{"name":"c","port":54}]}""").Spec.Ports;
        Assert.Equal(ports[0].NodePort, ports[1].NodePort);
        Assert.NotEqual(ports[0].NodePort, ports[2].NodePort);
        Assert.All(ports, p => Assert.InRange(p.NodePort!.Value, 30000, 30099));
    }

    [Theory]
    [InlineData(30001, "provided port is already allocated")]
    [InlineData(31000, "provided port is not in the valid range. The range of valid ports is 30000-30099")]
    public void Claim_NodePortThatCannotBeHad_SaysWhy(int port, string why)
    {
        Create("""{"type":"NodePort","ports":[{"port":80,"nodePort":30001}]}""");
        Assert.Equal($"Service \"s\" is invalid: spec.ports[0].nodePort: Invalid value: {port}: {why}", Refused($$"""{"type":"NodePort","ports":[{"port":80,"nodePort":{{port}}}]}"""));
    }

    [Fact]
    public void Claim_RefusedOrDryOrNotCommitted_HoldsNothing()
    {
        const string wanted = """{"type":"NodePort","clusterIP":"10.43.0.9","ports":[{"port":80,"nodePort":30009}]}""";
        Create("""{"type":"NodePort","ports":[{"port":80,"nodePort":30010}]}""");
        Refused("""{"type":"NodePort","clusterIP":"10.43.0.9","ports":[{"name":"a","port":80,"nodePort":30009},{"name":"b","port":81,"nodePort":30010}]}""");
        _allocator.Claim(Written.Object(Kind, Json(wanted)), null, dryRun: true).Dispose();
        _allocator.Claim(Written.Object(Kind, Json(wanted)), null, dryRun: false).Dispose();
        Assert.Equal("10.43.0.9", Create(wanted).Spec.ClusterIP);
    }

    [Fact]
    public void Claim_UpdateThatSaysNothing_KeepsAddressAndPorts()
    {
        var old = Create("""{"type":"NodePort","ports":[{"name":"a","port":80}]}""");
        var value = Update(old, """{"type":"NodePort","ports":[{"name":"b","port":81},{"name":"a","port":8080}]}""");
        Assert.Equal(old.Spec.ClusterIP, value.Spec.ClusterIP);
        Assert.Equal(old.Spec.Ports[0].NodePort, value.Spec.Ports[1].NodePort);
        Assert.NotEqual(old.Spec.Ports[0].NodePort, value.Spec.Ports[0].NodePort);
    }

    [Fact]
    public void Claim_UpdateToExternalName_FreesAddressAndPorts()
    {
        var old = Create("""{"type":"NodePort","clusterIP":"10.43.0.9","ports":[{"port":80,"nodePort":30009}]}""");
        Update(old, """{"type":"ExternalName","externalName":"a.org"}""");
        Assert.Equal("10.43.0.9", Create("""{"type":"NodePort","clusterIP":"10.43.0.9","ports":[{"port":80,"nodePort":30009}]}""").Spec.ClusterIP);
    }

    [Fact]
    public void Claim_LocalLoadBalancer_GetsAHealthCheckPort() =>
        Assert.InRange(Create("""{"type":"LoadBalancer","externalTrafficPolicy":"Local","ports":[{"port":80}]}""").Spec.HealthCheckNodePort!.Value, 30000, 30099);

    [Fact]
    public void Deleted_Service_FreesWhatItHeld()
    {
        const string wanted = """{"type":"NodePort","clusterIP":"10.43.0.9","ports":[{"port":80,"nodePort":30009}]}""";
        _allocator.Deleted(Create(wanted));
        Create(wanted);
    }

    [Fact]
    public async Task Restore_StoredServices_AreTaken()
    {
        await using var store = new MemoryStore();
        var stored = Create("""{"type":"NodePort","clusterIP":"10.43.0.9","ports":[{"port":80,"nodePort":30009}]}""");
        await store.WriteAsync(new Proposal(WriteKind.Create, "/registry/services/ns/s", Kinds.Services.Encode(stored)), TestContext.Current.CancellationToken);

        var restarted = New();
        restarted.Restore(store);
        var again = Assert.Throws<StatusException>(() => restarted.Claim(Written.Object(Kind, Json("""{"clusterIP":"10.43.0.9","ports":[{"port":80}]}""")), null, false));
        Assert.EndsWith("provided IP is already allocated", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ClusterIP_OfTheApiServer_IsTheFirstOfTheRange() => Assert.Equal("10.43.0.1", ApiServerService.ClusterIP("10.43.0.0/16"));

    private static ServiceAllocator New() => new("10.43.0.0/26", (30000, 30099), new Random(7));

    private V1Service Create(string spec) => Commit(Written.Object(Kind, Json(spec)), null);

    private V1Service Update(V1Service old, string spec) => Commit(Written.Object(Kind, Json(spec)), old);

    private V1Service Commit(V1Service value, V1Service? old)
    {
        using var claim = _allocator.Claim(value, old, dryRun: false);
        claim.Commit();
        return value;
    }

    private string Refused(string spec) => Assert.Throws<StatusException>(() => Create(spec)).Message;

    private static string Json(string spec) => $$"""{"metadata":{"name":"s"},"spec":{{spec}}}""";
}
