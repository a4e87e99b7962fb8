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

    [Theory]
    [InlineData("8080", 8080)] // a number needs no container that declares it
    [InlineData(null, 8081)] // none: the Service's own
    [InlineData("http", 80)]
    [InlineData("side", 9000)] // an init container that keeps running
    [InlineData("dns", 53)] // of two ports of one name the one of the Service's protocol
    public async Task TargetPort_NumberedOrNamed_BecomesThePodsPort(string? target, int number)
    {
        await using var rig = await Rig.StartAsync();
        var protocol = target == "dns" ? "UDP" : "TCP";
        await ServiceAsync(rig, "web", 0, service => service.Spec.Ports = [new V1ServicePort { Name = "p", Port = 8081, Protocol = protocol, TargetPort = target is null ? null : int.TryParse(target, out var n) ? n : target }]);
        await ReadyPodAsync(rig, "p", pod =>
        {
            pod.Spec.InitContainers = [Serving("early", null, "side", 1), Serving("sidecar", "Always", "side", 9000)];
            pod.Spec.Containers[0].Ports = [.. pod.Spec.Containers[0].Ports, new V1ContainerPort { Name = "dns", ContainerPort = 54, Protocol = "TCP" }];
            pod.Spec.Containers.Add(new V1Container { Name = "second", Image = "i", Ports = [new V1ContainerPort { Name = "dns", ContainerPort = 53, Protocol = "UDP" }] });
        });

        var endpoints = await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets is [{ Addresses.Count: 1 }]);
        Assert.Equal(("p", number, protocol), (endpoints.Subsets[0].Ports[0].Name, endpoints.Subsets[0].Ports[0].Port, endpoints.Subsets[0].Ports[0].Protocol));
        var slice = await SliceAsync(rig, value => value.Endpoints is [_]);
        Assert.Equal(("p", number, protocol), (slice.Ports[0].Name, slice.Ports[0].Port!.Value, slice.Ports[0].Protocol));

        static V1Container Serving(string name, string? restart, string port, int number) => new() { Name = name, Image = "i", RestartPolicy = restart, Ports = [new V1ContainerPort { Name = port, ContainerPort = number, Protocol = "TCP" }] };
    }

    [Fact]
    public async Task NamedPort_ThatIsAnotherNumberOnEachPod_MakesASubsetAndASliceOfEach()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "web", "http");
        await ReadyPodAsync(rig, "old", pod => pod.Spec.Containers[0].Ports[0].ContainerPort = 80);
        await ReadyPodAsync(rig, "new", pod => pod.Spec.Containers[0].Ports[0].ContainerPort = 8080);

        var endpoints = await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets?.Count == 2);
        Assert.Equal([("new", 8080), ("old", 80)], endpoints.Subsets.Select(subset => (Assert.Single(subset.Addresses).TargetRef.Name, Assert.Single(subset.Ports).Port)).Order());
        await rig.UntilAsync(() => rig.Api.All(Kinds.EndpointSlices) is { Count: 2 } slices && slices.All(slice => slice.Endpoints is [_]));
        Assert.Equal([("new", 8080), ("old", 80)], rig.Api.All(Kinds.EndpointSlices).Select(slice => (slice.Endpoints[0].TargetRef.Name, slice.Ports[0].Port!.Value)).Order());
    }

    [Fact]
    public async Task NamedPort_ThatDiffersBesideOneThatDoesNot_StandsApartAndTheOtherTogether()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "web", "http", service => service.Spec.Ports.Add(new V1ServicePort { Name = "metrics", Port = 9090, TargetPort = 9090, Protocol = "TCP" }));
        await ReadyPodAsync(rig, "a", pod => pod.Spec.Containers[0].Ports[0].ContainerPort = 80);
        await ReadyPodAsync(rig, "b", pod => pod.Spec.Containers[0].Ports[0].ContainerPort = 8080);

        var endpoints = await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets?.Count == 3);
        Assert.Equal(["a b: metrics 9090", "a: http 80", "b: http 8080"], endpoints.Subsets
            .Select(subset => $"{string.Join(' ', subset.Addresses.Select(address => address.TargetRef.Name))}: {string.Join(' ', subset.Ports.Select(port => $"{port.Name} {port.Port}"))}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pods_ReadyAndNot_StandInOneSubset_ThoseThatEndedOrHaveNoAddressInNone()
    {
        await using var rig = await Rig.StartAsync();
        await ReadyPodAsync(rig, "ready");
        await ReadyPodAsync(rig, "unready");
        rig.Api.Change(Kinds.Pods, Rig.Ns, "unready", pod => pod.Status.Conditions[0].Status = "False");
        await ReadyPodAsync(rig, "failed");
        rig.Api.Change(Kinds.Pods, Rig.Ns, "failed", pod => pod.Status.Phase = "Failed");
        await ReadyPodAsync(rig, "done");
        rig.Api.Change(Kinds.Pods, Rig.Ns, "done", pod => pod.Status.Phase = "Succeeded");
        await ReadyPodAsync(rig, "homeless");
        rig.Api.Change(Kinds.Pods, Rig.Ns, "homeless", pod => (pod.Status.PodIP, pod.Status.PodIPs) = (null, null));
        await ReadyPodAsync(rig, "elsewhere", ns: "other");
        await ServiceAsync(rig, "web", "http");

        var endpoints = await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets is [{ Addresses.Count: 1, NotReadyAddresses.Count: 1 }]);
        Assert.Equal(("ready", "unready"), (endpoints.Subsets[0].Addresses[0].TargetRef.Name, endpoints.Subsets[0].NotReadyAddresses[0].TargetRef.Name));
        var slice = await SliceAsync(rig, value => value.Endpoints is { Count: 2 });
        Assert.Equal([("ready", true), ("unready", false)], slice.Endpoints.Select(endpoint => (endpoint.TargetRef.Name, endpoint.Conditions.Ready!.Value)).Order());
    }

    [Fact]
    public async Task Service_OfAnExternalName_HasNoEndpoints()
    {
        await using var rig = await Rig.StartAsync();
        await ReadyPodAsync(rig, "p");
        await ServiceAsync(rig, "away", 80, service => (service.Spec.Type, service.Spec.ExternalName, service.Spec.Selector) = ("ExternalName", "example.org", new Dictionary<string, string> { ["app"] = "web" }));
        await ServiceAsync(rig, "web", 80);
        await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets is [_]);

        Assert.Equal("web", Assert.Single(rig.Api.All(Kinds.Endpoints)).Metadata.Name);
    }

    [Fact]
    public async Task Service_HeadlessWithoutPorts_ListsTheAddressesAlone()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "web", 80, service => (service.Spec.ClusterIP, service.Spec.Ports) = ("None", null));
        await ReadyPodAsync(rig, "p");

        await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets is [{ Addresses.Count: 1, Ports: null }]);
        await SliceAsync(rig, value => value.Endpoints is [{ Conditions.Ready: true }] && value.Ports is not { Count: > 0 });
    }

    [Fact]
    public async Task Service_ThatLosesItsSelector_KeepsWhatItHad()
    {
        await using var rig = await Rig.StartAsync();
        await ServiceAsync(rig, "web", 80);
        await ReadyPodAsync(rig, "p");
        await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", value => value.Subsets is [{ Addresses.Count: 1 }]);
        rig.Api.Change(Kinds.Services, Rig.Ns, "web", service => service.Spec.Selector = null);
        await rig.DeleteAsync(Kinds.Pods, Rig.Ns, "p");

        await ServiceAsync(rig, "later", 80);
        await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "later", _ => true);
        Assert.Single(rig.Api.Find(Kinds.Endpoints, Rig.Ns, "web")!.Subsets[0].Addresses);
    }

    private static async Task ReadyPodAsync(Rig rig, string name, Action<V1Pod>? change = null, string ns = Rig.Ns)
    {
        var pod = Kinds.Pods.New(ns, name);
        pod.Metadata.Labels = new Dictionary<string, string> { ["app"] = "web" };
        pod.Spec = Rig.Template("web").Spec;
        change?.Invoke(pod);
        rig.MakeReady(await rig.CreateAsync(Kinds.Pods, pod));
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
