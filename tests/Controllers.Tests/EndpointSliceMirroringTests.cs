using System.Globalization;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers.Tests;

public sealed class EndpointSliceMirroringTests
{
    [Fact]
    public async Task Endpoints_OfAServiceWithoutSelector_AreShownAsSlicesOfEachFamily()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "db");
        var endpoints = await EndpointsAsync(rig, "db", value =>
        {
            value.Metadata.Labels = new Dictionary<string, string> { ["team"] = "a" };
            value.Metadata.Annotations = new Dictionary<string, string> { ["note"] = "b", ["kubectl.kubernetes.io/last-applied-configuration"] = "{}", ["endpoints.kubernetes.io/last-change-trigger-time"] = "2026-01-02T03:04:05Z" };
            value.Subsets[0].Addresses[0] = new V1EndpointAddress { Ip = "192.0.2.1", Hostname = "one", NodeName = "n1", TargetRef = new V1ObjectReference { Kind = "Pod", Name = "p" } };
            value.Subsets[0].NotReadyAddresses = [new V1EndpointAddress { Ip = "192.0.2.2" }];
            value.Subsets[0].Addresses.Add(new V1EndpointAddress { Ip = "2001:db8::1" });
        });
        await rig.UntilAsync(() => Mirrors(rig).Count == 2);

        var (v4, v6) = (Mirrors(rig).Single(slice => slice.AddressType == "IPv4"), Mirrors(rig).Single(slice => slice.AddressType == "IPv6"));
        Assert.StartsWith("db-", v4.Metadata.Name, StringComparison.Ordinal);
        Assert.Equal(new Dictionary<string, string> { ["team"] = "a", ["kubernetes.io/service-name"] = "db", ["endpointslice.kubernetes.io/managed-by"] = "endpointslicemirroring-controller.k8s.io" }, v4.Metadata.Labels);
        Assert.Equal(new Dictionary<string, string> { ["note"] = "b" }, v4.Metadata.Annotations);
        Assert.Equal(("Endpoints", endpoints.Metadata.Uid), (OwnerReferences.ControllerOf(v4)!.Kind, OwnerReferences.ControllerOf(v4)!.Uid));
        Assert.Equal(("sql", 5432, "TCP"), (v4.Ports[0].Name, v4.Ports[0].Port!.Value, v4.Ports[0].Protocol));
        Assert.Equal(["192.0.2.1 True one n1 p", "192.0.2.2 False   "], v4.Endpoints.Select(each => $"{each.Addresses[0]} {each.Conditions.Ready} {each.Hostname} {each.NodeName} {each.TargetRef?.Name}"));
        Assert.Equal("2001:db8::1", Assert.Single(v6.Endpoints).Addresses[0]);
    }

    [Fact]
    public async Task Endpoints_Changed_ChangeTheirSlice_AndGoneTakeItAlong()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "db");
        await EndpointsAsync(rig, "db");
        await rig.UntilAsync(() => Mirrors(rig).Count == 1);
        var name = Mirrors(rig)[0].Metadata.Name;

        rig.Api.Change(Kinds.Endpoints, Rig.Ns, "db", value => value.Subsets[0].Addresses[0].Ip = "192.0.2.9");
        await rig.UntilAsync(() => Mirrors(rig) is [var slice] && slice.Metadata.Name == name && slice.Endpoints is [{ Addresses: ["192.0.2.9"] }]);
        rig.Api.Change(Kinds.Endpoints, Rig.Ns, "db", value => value.Subsets[0].Ports[0].Port = 5433);
        await rig.UntilAsync(() => Mirrors(rig) is [var slice] && slice.Metadata.Name == name && slice.Ports[0].Port == 5433);
        await rig.DeleteAsync(Kinds.EndpointSlices, Rig.Ns, name);
        await rig.UntilAsync(() => Mirrors(rig) is [var slice] && slice.Metadata.Name != name);
        rig.Api.Change(Kinds.Endpoints, Rig.Ns, "db", value => value.Subsets = null);
        await rig.UntilAsync(() => Mirrors(rig).Count == 0);
        rig.Api.Change(Kinds.Endpoints, Rig.Ns, "db", value => value.Subsets = Subsets());
        await rig.UntilAsync(() => Mirrors(rig).Count == 1);
        await rig.DeleteAsync(Kinds.Endpoints, Rig.Ns, "db");
        await rig.UntilAsync(() => Mirrors(rig).Count == 0);
    }

    [Theory]
    [InlineData("no service")]
    [InlineData("selector")]
    [InlineData("asked not to")]
    [InlineData("a lock")]
    public async Task Endpoints_NotToBeShown_HaveNoSliceOfTheirs(string why)
    {
        await using var rig = await Rig.StartAsync();
        if (why != "no service") await ServiceAsync(rig, "db");
        await EndpointsAsync(rig, "db");
        if (why != "no service") await rig.UntilAsync(() => Mirrors(rig).Count == 1);
        switch (why)
        {
            case "selector": rig.Api.Change(Kinds.Services, Rig.Ns, "db", value => value.Spec.Selector = new Dictionary<string, string> { ["app"] = "db" }); break;
            case "asked not to": rig.Api.Change(Kinds.Endpoints, Rig.Ns, "db", value => value.Metadata.Labels = new Dictionary<string, string> { ["endpointslice.kubernetes.io/skip-mirror"] = "true" }); break;
            case "a lock": rig.Api.Change(Kinds.Endpoints, Rig.Ns, "db", value => value.Metadata.Annotations = new Dictionary<string, string> { ["control-plane.alpha.kubernetes.io/leader"] = "{}" }); break;
        }
        await ServiceAsync(rig, "later");
        await EndpointsAsync(rig, "later");

        await rig.UntilAsync(() => Mirrors(rig) is [var only] && only.Metadata.Labels["kubernetes.io/service-name"] == "later");
    }

    [Fact]
    public void Of_MoreThanAThousandInASubset_LeavesOutTheRest_TheReadyOnesFirst()
    {
        var subset = new V1EndpointSubset { Addresses = Addresses("192.0", 900), NotReadyAddresses = Addresses("198.51", 200), Ports = Subsets()[0].Ports };

        var slice = Assert.Single(MirroredSlices.Of(new V1Endpoints { Subsets = [subset] }));

        Assert.Equal((1000, 900), (slice.Endpoints.Count, slice.Endpoints.Count(each => each.Conditions.Ready == true)));

        static List<V1EndpointAddress> Addresses(string net, int count) => [.. Enumerable.Range(0, count).Select(i => new V1EndpointAddress { Ip = string.Create(CultureInfo.InvariantCulture, $"{net}.{i / 250}.{i % 250 + 1}") })];
    }

    private static List<V1EndpointSlice> Mirrors(Rig rig) => [.. rig.Api.All(Kinds.EndpointSlices).Where(slice => slice.Metadata.Labels["endpointslice.kubernetes.io/managed-by"] == "endpointslicemirroring-controller.k8s.io")];

    private static List<V1EndpointSubset> Subsets() =>
        [new V1EndpointSubset { Addresses = [new V1EndpointAddress { Ip = "192.0.2.1" }], Ports = [new Corev1EndpointPort { Name = "sql", Port = 5432, Protocol = "TCP" }] }];

    private static Task<V1Endpoints> EndpointsAsync(Rig rig, string name, Action<V1Endpoints>? change = null)
    {
        var endpoints = Kinds.Endpoints.New(Rig.Ns, name);
        endpoints.Subsets = Subsets();
        change?.Invoke(endpoints);
        return rig.CreateAsync(Kinds.Endpoints, endpoints);
    }

    private static Task<V1Service> ServiceAsync(Rig rig, string name)
    {
        var service = Kinds.Services.New(Rig.Ns, name);
        service.Spec = new V1ServiceSpec { Ports = [new V1ServicePort { Name = "sql", Port = 5432, Protocol = "TCP" }], ClusterIP = "10.43.0.9", IpFamilies = ["IPv4"] };
        return rig.CreateAsync(Kinds.Services, service);
    }
}
