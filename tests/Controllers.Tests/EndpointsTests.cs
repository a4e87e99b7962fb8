using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers.Tests;

public sealed class EndpointsTests
{
    [Fact]
    public async Task Service_WithReadyPods_ListsThemByNamedPort()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "web", "http");
        await rig.ReplicaSetAsync("web", 2);
        await rig.PodsAsync(2);
        rig.Kubelet();

        var endpoints = await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets is [{ Addresses.Count: 2 }]);
        var (subset, pod) = (endpoints.Subsets[0], rig.Pods().OrderBy(each => each.Status.PodIP, StringComparer.Ordinal).First());
        Assert.Equal(("http", 80, "TCP"), (subset.Ports[0].Name, subset.Ports[0].Port, subset.Ports[0].Protocol));
        var first = subset.Addresses[0];
        Assert.Equal((pod.Status.PodIP, "n1", "Pod", pod.Metadata.Name, pod.Metadata.Uid), (first.Ip, first.NodeName, first.TargetRef.Kind, first.TargetRef.Name, first.TargetRef.Uid));
        Assert.Equal("endpoint-controller", endpoints.Metadata.Labels["endpoints.kubernetes.io/managed-by"]);
        Assert.StartsWith("2026-01-02T03:0", endpoints.Metadata.Annotations["endpoints.kubernetes.io/last-change-trigger-time"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_PodNotReady_StandsAmongTheNotReady()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "web", 80);
        await rig.ReplicaSetAsync("web", 1);
        await rig.PodsAsync(1);
        rig.Kubelet();
        await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets is [{ Addresses.Count: 1 }]);
        rig.Api.Change(Kinds.Pods, Rig.Ns, rig.Pods()[0].Metadata.Name, pod => pod.Status.Conditions[0].Status = "False");

        await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets is [{ Addresses: null, NotReadyAddresses.Count: 1 }]);
        var slice = await SliceAsync(rig, value => value.Endpoints is [{ Conditions: { Ready: false, Serving: false, Terminating: false } }]);
        Assert.Equal(80, slice.Ports[0].Port);
    }

    [Fact]
    public async Task Slice_WithReadyPods_HasOwnerLabelsAndTargets()
    {
        await using var rig = await Rig.StartAsync();
        var service = await ServiceAsync(rig, "web", "http");
        await rig.ReplicaSetAsync("web", 1);
        await rig.PodsAsync(1);
        rig.Kubelet();

        var slice = await SliceAsync(rig, value => value.Endpoints is [{ Conditions: { Ready: true, Serving: true, Terminating: false } }]);
        Assert.StartsWith("web-", slice.Metadata.Name, StringComparison.Ordinal);
        Assert.Equal("IPv4", slice.AddressType);
        Assert.Equal(new Dictionary<string, string> { ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io", ["kubernetes.io/service-name"] = "web" }, slice.Metadata.Labels);
        Assert.Equal(service.Metadata.Uid, OwnerReferences.ControllerOf(slice)!.Uid);
        Assert.Equal("n1", slice.Endpoints[0].NodeName);
        Assert.Equal(("http", 80), (slice.Ports[0].Name, slice.Ports[0].Port));
    }

    [Fact]
    public async Task Slice_PodTerminating_ServesButIsNotReady()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "web", 80);
        var pod = Kinds.Pods.New(Rig.Ns, "p");
        pod.Metadata.Labels = new Dictionary<string, string> { ["app"] = "web" };
        pod.Spec = Rig.Template("web").Spec;
        rig.MakeReady(await rig.CreateAsync(Kinds.Pods, pod));
        await SliceAsync(rig, value => value.Endpoints is [{ Conditions.Ready: true }]);
        await rig.DeleteAsync(Kinds.Pods, Rig.Ns, "p");

        await SliceAsync(rig, value => value.Endpoints is [{ Conditions: { Ready: false, Serving: true, Terminating: true } }]);
        await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets is not { Count: > 0 });
    }

    [Fact]
    public async Task Slices_MoreThanAHundredPods_AreSplit()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "web", 80);
        await rig.ReplicaSetAsync("web", 230);
        await rig.PodsAsync(230);
        rig.Kubelet();

        await rig.UntilAsync(() => rig.Api.All(Kinds.EndpointSlices).Sum(slice => slice.Endpoints?.Count ?? 0) == 230, () => string.Join(' ', rig.Api.All(Kinds.EndpointSlices).Select(slice => slice.Endpoints?.Count)));
        Assert.All(rig.Api.All(Kinds.EndpointSlices), slice => Assert.InRange(slice.Endpoints.Count, 1, 100));
        Assert.Equal(230, rig.Api.All(Kinds.EndpointSlices).SelectMany(slice => slice.Endpoints).Select(endpoint => endpoint.TargetRef.Uid).Distinct().Count());
    }

    [Fact]
    public async Task Service_WithoutPods_HasAnEmptySlice()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "web", 80);

        await SliceAsync(rig, value => value.Endpoints is not { Count: > 0 });
        await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets is not { Count: > 0 });
    }

    [Fact]
    public async Task Service_Deleted_TakesEndpointsAndSlicesAlong()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "web", 80);
        await rig.UntilAsync(() => rig.Api.All(Kinds.EndpointSlices).Count == 1 && rig.Api.All(Kinds.Endpoints).Count == 1);
        await rig.DeleteAsync(Kinds.Services, Rig.Ns, "web");

        await rig.UntilAsync(() => rig.Api.All(Kinds.EndpointSlices).Count == 0 && rig.Api.All(Kinds.Endpoints).Count == 0);
    }

    [Fact]
    public async Task Service_WithoutSelector_IsLeftToItsOwner()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "manual", 80, service => service.Spec.Selector = null);
        await ServiceAsync(rig, "web", 80);
        await rig.UntilAsync(() => rig.Api.All(Kinds.EndpointSlices).Count == 1 && rig.Api.All(Kinds.Endpoints).Count == 1);

        Assert.Equal("web", rig.Api.All(Kinds.Endpoints)[0].Metadata.Name);
    }

    [Fact]
    public async Task Service_PublishingNotReady_ListsAllAsReady()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "web", 80, service => service.Spec.PublishNotReadyAddresses = true);
        await rig.ReplicaSetAsync("web", 1);
        await rig.PodsAsync(1);
        rig.Kubelet();
        rig.Api.Change(Kinds.Pods, Rig.Ns, rig.Pods()[0].Metadata.Name, pod => pod.Status.Conditions[0].Status = "False");

        await SliceAsync(rig, value => value.Endpoints is [{ Conditions: { Ready: true, Serving: false } }]);
        await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets is [{ Addresses.Count: 1, NotReadyAddresses: null }]);
    }

    [Fact]
    public async Task Service_Headless_IsLabelledAndNamesThePod()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "web", 80, service => service.Spec.ClusterIP = "None");
        var pod = Kinds.Pods.New(Rig.Ns, "p");
        pod.Metadata.Labels = new Dictionary<string, string> { ["app"] = "web" };
        pod.Spec = Rig.Template("web").Spec;
        (pod.Spec.Hostname, pod.Spec.Subdomain) = ("one", "web");
        rig.MakeReady(await rig.CreateAsync(Kinds.Pods, pod));

        var slice = await SliceAsync(rig, value => value.Endpoints is [{ Hostname: "one" }]);
        Assert.Equal("", slice.Metadata.Labels["service.kubernetes.io/headless"]);
        var endpoints = await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets is [{ Addresses: [{ Hostname: "one" }] }]);
        Assert.Equal("", endpoints.Metadata.Labels["service.kubernetes.io/headless"]);
    }

    [Fact]
    public async Task Service_SelectorChanged_FollowsTheOtherPods()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "web", 80);
        await rig.ReplicaSetAsync("web", 1);
        await rig.ReplicaSetAsync("other", 1);
        await rig.PodsAsync(2);
        rig.Kubelet();
        var (web, other) = (rig.Pods().Single(pod => pod.Metadata.Labels["app"] == "web").Status.PodIP, rig.Pods().Single(pod => pod.Metadata.Labels["app"] == "other").Status.PodIP);
        await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets is [{ Addresses: [var only] }] && only.Ip == web);

        rig.Api.Change(Kinds.Services, Rig.Ns, "web", service => service.Spec.Selector["app"] = "other");

        await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets is [{ Addresses: [var only] }] && only.Ip == other);
        await SliceAsync(rig, value => value.Endpoints is [var only] && only.Addresses[0] == other);
    }

    [Fact]
    public async Task Service_OfTwoPorts_ListsBothOnOneAddress_AndANamedPortWhereItIs()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "web", 80, service => service.Spec.Ports =
        [
            new V1ServicePort { Name = "a", Port = 1, TargetPort = "http", Protocol = "TCP" }, new V1ServicePort { Name = "b", Port = 2, TargetPort = 8080, Protocol = "TCP" },
            new V1ServicePort { Name = "c", Port = 3, TargetPort = "nowhere", Protocol = "TCP" },
        ]);
        await rig.ReplicaSetAsync("web", 1);
        await rig.PodsAsync(1);
        rig.Kubelet();

        var endpoints = await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets is [{ Addresses.Count: 1 }]);
        Assert.Equal([("a", 80), ("b", 8080)], endpoints.Subsets[0].Ports.Select(port => (port.Name, port.Port)).Order());
        var slice = await SliceAsync(rig, value => value.Endpoints is [_]);
        Assert.Equal([("a", 80), ("b", 8080)], slice.Ports.Select(port => (port.Name, port.Port!.Value)).Order());
    }

    private static Task<V1Service> ServiceAsync(Rig rig, string name, IntOrString target, Action<V1Service>? change = null)
    {
        var service = Kinds.Services.New(Rig.Ns, name);
        service.Spec = new V1ServiceSpec
        {
            Selector = new Dictionary<string, string> { ["app"] = name },
            Ports = [new V1ServicePort { Name = "http", Port = 8080, TargetPort = target, Protocol = "TCP" }],
            ClusterIP = "10.43.0.9",
            IpFamilies = ["IPv4"],
        };
        change?.Invoke(service);
        return rig.CreateAsync(Kinds.Services, service);
    }

    private static async Task<V1EndpointSlice> SliceAsync(Rig rig, Func<V1EndpointSlice, bool> condition)
    {
        V1EndpointSlice? seen = null;
        await rig.UntilAsync(() => rig.Api.All(Kinds.EndpointSlices) is [var slice] && condition(seen = slice),
            () => string.Join("\n", rig.Api.All(Kinds.EndpointSlices).Select(slice => System.Text.Encoding.UTF8.GetString(Kinds.EndpointSlices.Encode(slice)))));
        return seen!;
    }
}
