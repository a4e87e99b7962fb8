using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers.Tests;

/// <summary>Each Event that the controllers write, in upstream's words, from upstream's source, about the object that upstream names.</summary>
public sealed class EventTests
{
    [Fact]
    public async Task Deployment_ScaledAndRolledOut_TellsEachStep()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 3);
        await SettledAsync(rig, 3, "nginx:1");
        var first = rig.Api.All(Kinds.ReplicaSets)[0].Metadata.Name;
        rig.Api.Change(Kinds.Deployments, Rig.Ns, "web", deployment => deployment.Spec.Replicas = 1);
        await SettledAsync(rig, 1, "nginx:1");
        rig.Api.Change(Kinds.Deployments, Rig.Ns, "web", deployment => deployment.Spec.Template.Spec.Containers[0].Image = "nginx:2");
        await SettledAsync(rig, 1, "nginx:2");
        var second = rig.Api.All(Kinds.ReplicaSets).Single(set => set.Metadata.Name != first).Metadata.Name;

        await rig.EventAsync("web", "ScalingReplicaSet", $"Scaled down replica set {first} from 1 to 0");
        var told = rig.Api.All(Kinds.Events).Where(each => each.InvolvedObject.Kind == "Deployment").ToList();
        Assert.Equal(
            [$"Scaled down replica set {first} from 1 to 0", $"Scaled down replica set {first} from 3 to 1", $"Scaled up replica set {first} from 0 to 3", $"Scaled up replica set {second} from 0 to 1"],
            told.Select(each => each.Message).Order(StringComparer.Ordinal));
        foreach (var each in told) IsFrom("deployment-controller", "Normal", "ScalingReplicaSet", "apps/v1 Deployment default/web", rig.Api.Find(Kinds.Deployments, Rig.Ns, "web")!.Metadata, each);
    }

    private static Task SettledAsync(Rig rig, int replicas, string image) => rig.RunUntilAsync(() =>
        rig.Pods() is var pods && pods.Count == replicas && pods.All(pod => PodState.IsReady(pod) && pod.Spec.Containers[0].Image == image)
        && rig.Api.Find(Kinds.Deployments, Rig.Ns, "web")!.Status?.ObservedGeneration == rig.Api.Find(Kinds.Deployments, Rig.Ns, "web")!.Metadata.Generation);

    [Fact]
    public async Task Deployment_ReplicaSetRefused_TellsWhy()
    {
        await using var rig = await Rig.StartAsync();
        rig.Api.Fault = (verb, resource, name) =>
        {
            if (verb == "create" && resource == "replicasets") throw ApiErrors.Forbidden(Kinds.ReplicaSets.GroupVersionResource, name, "exceeded quota");
        };
        var deployment = await rig.DeploymentAsync("web", 1);

        var said = await rig.EventAsync("web", "ReplicaSetCreateError");
        IsFrom("deployment-controller", "Warning", "ReplicaSetCreateError", "apps/v1 Deployment default/web", deployment.Metadata, said);
        var name = $"web-{PodTemplates.Hash(deployment.Spec.Template, null)}";
        Assert.Equal($"Failed to create new replica set \"{name}\": replicasets.apps \"{name}\" is forbidden: exceeded quota", said.Message);
    }

    [Fact]
    public async Task Deployment_SelectingAll_IsWarned()
    {
        await using var rig = await Rig.StartAsync();
        var deployment = await rig.DeploymentAsync("web", 1, spec => spec.Selector = new V1LabelSelector());

        var said = await rig.EventAsync("web", "SelectingAll");
        IsFrom("deployment-controller", "Warning", "SelectingAll", "apps/v1 Deployment default/web", deployment.Metadata, said);
        Assert.Equal("This deployment is selecting all pods. A non-empty selector is required.", said.Message);
    }

    [Fact]
    public async Task ReplicaSet_PodsMadeAndDeleted_TellsOfEach()
    {
        await using var rig = await Rig.StartAsync();
        var set = await rig.ReplicaSetAsync("web", 2);
        await rig.PodsAsync(2);
        var names = rig.Pods().Select(pod => pod.Metadata.Name).ToList();
        foreach (var name in names) IsFrom("replicaset-controller", "Normal", "SuccessfulCreate", "apps/v1 ReplicaSet default/web", set.Metadata, await rig.EventAsync("web", "SuccessfulCreate", $"Created pod: {name}"));

        rig.Api.Change(Kinds.ReplicaSets, Rig.Ns, "web", value => value.Spec.Replicas = 0);
        foreach (var name in names) IsFrom("replicaset-controller", "Normal", "SuccessfulDelete", "apps/v1 ReplicaSet default/web", set.Metadata, await rig.EventAsync("web", "SuccessfulDelete", $"Deleted pod: {name}"));
    }

    [Fact]
    public async Task ReplicaSet_PodNeitherMadeNorDeleted_TellsWhy()
    {
        await using var rig = await Rig.StartAsync();
        var refused = "create";
        rig.Api.Fault = (verb, resource, name) =>
        {
            if (resource == "pods" && verb == refused) throw ApiErrors.Forbidden(Kinds.Pods.GroupVersionResource, verb == "create" ? "web-" : name, "exceeded quota");
        };
        var set = await rig.ReplicaSetAsync("web", 1);
        var notMade = await rig.EventAsync("web", "FailedCreate");
        IsFrom("replicaset-controller", "Warning", "FailedCreate", "apps/v1 ReplicaSet default/web", set.Metadata, notMade);
        Assert.Equal("Error creating: pods \"web-\" is forbidden: exceeded quota", notMade.Message);

        refused = "delete";
        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return rig.Pods().Count == 1;
        });
        rig.Api.Change(Kinds.ReplicaSets, Rig.Ns, "web", value => value.Spec.Replicas = 0);
        var notDeleted = await rig.EventAsync("web", "FailedDelete");
        IsFrom("replicaset-controller", "Warning", "FailedDelete", "apps/v1 ReplicaSet default/web", set.Metadata, notDeleted);
        Assert.Equal($"Error deleting: pods \"{rig.Pods()[0].Metadata.Name}\" is forbidden: exceeded quota", notDeleted.Message);
    }

    [Fact]
    public async Task ReplicationController_PodsMadeAndDeleted_TellsOfEach()
    {
        await using var rig = await Rig.StartAsync();
        var rc = Kinds.ReplicationControllers.New(Rig.Ns, "rc");
        rc.Spec = new V1ReplicationControllerSpec { Replicas = 1, Selector = new Dictionary<string, string> { ["app"] = "rc" }, Template = Rig.Template("rc") };
        rc = await rig.CreateAsync(Kinds.ReplicationControllers, rc);
        await rig.PodsAsync(1);
        var name = rig.Pods()[0].Metadata.Name;
        IsFrom("replication-controller", "Normal", "SuccessfulCreate", "v1 ReplicationController default/rc", rc.Metadata, await rig.EventAsync("rc", "SuccessfulCreate", $"Created pod: {name}"));

        rig.Api.Change(Kinds.ReplicationControllers, Rig.Ns, "rc", value => value.Spec.Replicas = 0);
        IsFrom("replication-controller", "Normal", "SuccessfulDelete", "v1 ReplicationController default/rc", rc.Metadata, await rig.EventAsync("rc", "SuccessfulDelete", $"Deleted pod: {name}"));
    }

    [Fact]
    public async Task DaemonSet_PodsMadeAndDeleted_TellsOfEach()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1");
        var set = await DaemonSetAsync(rig);
        await rig.PodsAsync(1);
        var name = rig.Pods()[0].Metadata.Name;
        IsFrom("daemonset-controller", "Normal", "SuccessfulCreate", "apps/v1 DaemonSet default/ds", set.Metadata, await rig.EventAsync("ds", "SuccessfulCreate", $"Created pod: {name}"));

        rig.Api.Change(Kinds.DaemonSets, Rig.Ns, "ds", value => value.Spec.Template.Spec.NodeSelector = new Dictionary<string, string> { ["disk"] = "none" });
        IsFrom("daemonset-controller", "Normal", "SuccessfulDelete", "apps/v1 DaemonSet default/ds", set.Metadata, await rig.EventAsync("ds", "SuccessfulDelete", $"Deleted pod: {name}"));
    }

    [Theory]
    [InlineData("Failed", "Warning", "FailedDaemonPod", "Found failed daemon pod default/{0} on node n1, will try to kill it")]
    [InlineData("Succeeded", "Normal", "SucceededDaemonPod", "Found succeeded daemon pod default/{0} on node n1, will try to delete it")]
    public async Task DaemonSet_PodThatEnded_IsToldAndReplaced(string phase, string type, string reason, string message)
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1");
        var set = await DaemonSetAsync(rig);
        await rig.PodsAsync(1);
        var pod = rig.Pods()[0];
        rig.MakeReady(pod);
        rig.Api.Change(Kinds.Pods, Rig.Ns, pod.Metadata.Name, value => value.Status.Phase = phase);

        var said = await rig.EventAsync("ds", reason);
        IsFrom("daemonset-controller", type, reason, "apps/v1 DaemonSet default/ds", set.Metadata, said);
        Assert.Equal(string.Format(System.Globalization.CultureInfo.InvariantCulture, message, pod.Metadata.Name), said.Message);
        await rig.RunUntilAsync(() => rig.Pods() is [var next] && next.Metadata.Uid != pod.Metadata.Uid);
    }

    [Fact]
    public async Task DaemonSet_SelectingAll_IsWarned()
    {
        await using var rig = await Rig.StartAsync();
        var set = await DaemonSetAsync(rig, value => value.Spec.Selector = new V1LabelSelector());

        var said = await rig.EventAsync("ds", "SelectingAll");
        IsFrom("daemonset-controller", "Warning", "SelectingAll", "apps/v1 DaemonSet default/ds", set.Metadata, said);
        Assert.Equal("This daemon set is selecting all pods. A non-empty selector is required.", said.Message);
    }

    [Fact]
    public async Task Node_ComesFallsSilentAndGoes_IsToldOfEach()
    {
        await using var rig = await Rig.StartAsync();
        var node = await rig.NodeAsync("n1");
        var pod = Kinds.Pods.New(Rig.Ns, "p");
        pod.Spec = Rig.Template("p").Spec;
        pod = await rig.CreateAsync(Kinds.Pods, pod);
        rig.MakeReady(pod);
        IsNodes("RegisteredNode", "Node n1 event: Registered Node n1 in Controller", await rig.EventAsync("n1", "RegisteredNode"));

        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return NodeTaints.StatusOf(rig.Api.Find(Kinds.Nodes, null, "n1")!, "Ready") == "Unknown";
        });
        IsNodes("NodeNotReady", "Node n1 status is now: NodeNotReady", await rig.EventAsync("n1", "NodeNotReady"));
        var pods = await rig.EventAsync("p", "NodeNotReady");
        IsFrom("node-controller", "Warning", "NodeNotReady", "v1 Pod default/p", pod.Metadata, pods);
        Assert.Equal("Node is not ready", pods.Message);

        await rig.DeleteAsync(Kinds.Nodes, null, "n1");
        IsNodes("RemovingNode", "Node n1 event: Removing Node n1 from Controller", await rig.EventAsync("n1", "RemovingNode"));

        void IsNodes(string reason, string message, Corev1Event said)
        {
            IsFrom("node-controller", "Normal", reason, "v1 Node /n1", node.Metadata, said);
            Assert.Equal(message, said.Message);
            Assert.Equal("default", said.Metadata.NamespaceProperty);
        }
    }

    [Fact]
    public async Task Taint_ThatWouldEvict_IsToldWhenItDoesAndWhenItIsTakenBack()
    {
        await using var rig = await Rig.StartAsync();
        await rig.NodeAsync("n1");
        V1Pod patient = await PodAsync("patient", 60), gone = await PodAsync("gone", null);
        rig.Api.Change(Kinds.Nodes, null, "n1", node => node.Spec.Taints = [new V1Taint { Key = "mine", Effect = "NoExecute", TimeAdded = rig.Clock.GetUtcNow().UtcDateTime }]);
        var marked = await rig.EventAsync("gone", "TaintManagerEviction");
        IsFrom("taint-eviction-controller", "Normal", "TaintManagerEviction", "v1 Pod default/gone", gone.Metadata, marked);
        Assert.Equal("Marking for deletion Pod default/gone", marked.Message);

        // The taint is taken away once the controller has begun to count for the other: each round of the loop is another chance.
        await rig.UntilAsync(() =>
        {
            if (rig.Api.IsDrained) rig.Api.Change(Kinds.Nodes, null, "n1", node => node.Spec.Taints = node.Spec.Taints is { Count: > 0 } ? null : [new V1Taint { Key = "mine", Effect = "NoExecute", TimeAdded = rig.Clock.GetUtcNow().UtcDateTime }]);
            return rig.Api.All(Kinds.Events).Any(each => each.InvolvedObject.Name == "patient");
        });
        var cancelled = await rig.EventAsync("patient", "TaintManagerEviction");
        IsFrom("taint-eviction-controller", "Normal", "TaintManagerEviction", "v1 Pod default/patient", patient.Metadata, cancelled);
        Assert.Equal("Cancelling deletion of Pod default/patient", cancelled.Message);

        async Task<V1Pod> PodAsync(string name, long? seconds)
        {
            var pod = Kinds.Pods.New(Rig.Ns, name);
            pod.Spec = Rig.Template(name).Spec;
            if (seconds is not null) pod.Spec.Tolerations = [new V1Toleration { Key = "mine", OperatorProperty = "Exists", TolerationSeconds = seconds }];
            pod = await rig.CreateAsync(Kinds.Pods, pod);
            rig.MakeReady(pod);
            return pod;
        }
    }

    [Fact]
    public async Task Node_WhenAddressesAreOut_IsTold()
    {
        await using var rig = await Rig.StartAsync(clusterCidr: "10.42.0.0/24");
        await rig.NodeAsync("n1");
        await rig.UntilAsync(Kinds.Nodes, null, "n1", node => node.Spec.PodCIDR == "10.42.0.0/24");
        var second = await rig.NodeAsync("n2");

        var said = await rig.EventAsync("n2", "CIDRNotAvailable");
        IsFrom("cidrAllocator", "Normal", "CIDRNotAvailable", "v1 Node /n2", second.Metadata, said);
        Assert.Equal("Node n2 status is now: CIDRNotAvailable", said.Message);
    }

    [Theory]
    [InlineData("create", "FailedToCreateEndpoint", "Failed to create endpoint default/web: ")]
    [InlineData("update", "FailedToUpdateEndpoint", "Failed to update endpoint default/web: ")]
    public async Task Service_WhoseEndpointsAreRefused_IsTold(string refused, string reason, string message)
    {
        await using var rig = await Rig.StartAsync();
        rig.Api.Fault = (verb, resource, name) =>
        {
            if (resource == "endpoints" && verb == refused) throw ApiErrors.Forbidden(Kinds.Endpoints.GroupVersionResource, name, "no");
        };
        var service = Kinds.Services.New(Rig.Ns, "web");
        service.Spec = new V1ServiceSpec { Type = "ClusterIP", ClusterIP = "10.43.0.9", Selector = new Dictionary<string, string> { ["app"] = "web" }, Ports = [new V1ServicePort { Port = 80, TargetPort = 80, Protocol = "TCP" }] };
        service = await rig.CreateAsync(Kinds.Services, service);
        if (refused == "update")
        {
            await rig.UntilAsync(Kinds.Endpoints, Rig.Ns, "web", _ => true);
            await rig.ReplicaSetAsync("web", 1);
            await rig.PodsAsync(1);
            rig.MakeReady(rig.Pods()[0]);
        }

        var said = await rig.EventAsync("web", reason);
        IsFrom("endpoint-controller", "Warning", reason, "v1 Service default/web", service.Metadata, said);
        Assert.Equal($"{message}endpoints \"web\" is forbidden: no", said.Message);
    }

    [Theory]
    [InlineData("create", "failed to create EndpointSlice for Service default/web: ")]
    [InlineData("update", "failed to update {slice} EndpointSlice for Service default/web: ")]
    [InlineData("delete", "failed to delete {slice} EndpointSlice for Service default/web: ")]
    public async Task Service_WhoseEndpointSlicesAreRefused_IsTold(string refused, string message)
    {
        await using var rig = await Rig.StartAsync();
        rig.Api.Fault = (verb, resource, name) =>
        {
            if (resource == "endpointslices" && verb == refused) throw ApiErrors.Forbidden(Kinds.EndpointSlices.GroupVersionResource, "s", "no");
        };
        var service = Kinds.Services.New(Rig.Ns, "web");
        service.Spec = new V1ServiceSpec { Type = "ClusterIP", ClusterIP = "10.43.0.9", Selector = new Dictionary<string, string> { ["app"] = "web" }, Ports = [new V1ServicePort { Port = 80, TargetPort = 80, Protocol = "TCP" }] };
        var slice = Kinds.EndpointSlices.New(Rig.Ns, "web-0");
        if (refused == "delete") // of another family, which the Service no longer has
        {
            slice.Metadata.Labels = new Dictionary<string, string> { ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io", ["kubernetes.io/service-name"] = "web" };
            (slice.AddressType, slice.Endpoints) = ("IPv6", []);
            await rig.CreateAsync(Kinds.EndpointSlices, slice);
        }
        service = await rig.CreateAsync(Kinds.Services, service);
        if (refused == "update")
        {
            await rig.UntilAsync(() => rig.Api.All(Kinds.EndpointSlices).Count == 1);
            slice = rig.Api.All(Kinds.EndpointSlices)[0];
            await rig.ReplicaSetAsync("web", 1);
            await rig.PodsAsync(1);
            rig.MakeReady(rig.Pods()[0]);
        }

        var said = await rig.EventAsync("web", "FailedToUpdateEndpointSlices");
        IsFrom("endpoint-slice-controller", "Warning", "FailedToUpdateEndpointSlices", "v1 Service default/web", service.Metadata, said);
        Assert.Equal($"Error updating Endpoint Slices for Service default/web: {message.Replace("{slice}", slice.Metadata.Name, StringComparison.Ordinal)}endpointslices.discovery.k8s.io \"s\" is forbidden: no", said.Message);
    }

    /// <summary>What an Event says besides its message; it has happened once, or more often by now.</summary>
    private static void IsFrom(string component, string type, string reason, string about, V1ObjectMeta meta, Corev1Event said)
    {
        Assert.Equal((type, reason), (said.Type, said.Reason));
        Assert.Equal((component, null, component, ""), (said.Source.Component, said.Source.Host, said.ReportingComponent, said.ReportingInstance));
        var o = said.InvolvedObject;
        Assert.Equal((about, meta.Uid), ($"{o.ApiVersion} {o.Kind} {o.NamespaceProperty}/{o.Name}", o.Uid));
        Assert.StartsWith($"{meta.Name}.", said.Metadata.Name, StringComparison.Ordinal);
        Assert.InRange(said.Count!.Value, 1, int.MaxValue);
        Assert.InRange(said.LastTimestamp!.Value, said.FirstTimestamp!.Value, DateTime.MaxValue);
    }

    private static Task<V1DaemonSet> DaemonSetAsync(Rig rig, Action<V1DaemonSet>? change = null)
    {
        var set = Kinds.DaemonSets.New(Rig.Ns, "ds");
        set.Spec = new V1DaemonSetSpec { Selector = Rig.Selector("ds"), Template = Rig.Template("ds"), UpdateStrategy = new V1DaemonSetUpdateStrategy { Type = "OnDelete" } };
        change?.Invoke(set);
        return rig.CreateAsync(Kinds.DaemonSets, set);
    }
}
