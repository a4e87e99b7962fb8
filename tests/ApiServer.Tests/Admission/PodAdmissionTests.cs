using Coxswain.Api;
using Coxswain.ApiServer.Tests.Pipeline;
using k8s.Models;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Admission;

public sealed class PodAdmissionTests : IAsyncLifetime
{
    private const string Spec = "\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]";
    private readonly CoreFixture _server = new();

    public async ValueTask InitializeAsync()
    {
        await _server.NamespaceAsync("ns");
        await _server.CreateAsync(Kinds.ServiceAccounts, "ns", """{"metadata":{"name":"default"},"imagePullSecrets":[{"name":"pull"}]}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<V1Pod> MakeAsync(string metadata, string spec)
    {
        var json = await _server.CreateAsync(Kinds.Pods, "ns", $"{{\"metadata\":{metadata},\"spec\":{{{spec}}}}}");
        return Kinds.Pods.Decode(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    private Task<V1Pod> MakeAsync(string spec = Spec) => MakeAsync("{\"name\":\"p\"}", spec);

    [Fact]
    public async Task Pod_SayingNothing_GetsAccountTokenTolerationsAndPriority()
    {
        var spec = (await MakeAsync()).Spec;

        Assert.Equal(("default", "default", "pull", 0, "PreemptLowerPriority"),
            (spec.ServiceAccountName, spec.ServiceAccount, Assert.Single(spec.ImagePullSecrets).Name, spec.Priority, spec.PreemptionPolicy));
        var volume = Assert.Single(spec.Volumes);
        Assert.Matches("^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$", volume.Name);
        Assert.Equal((420, 3607L, "kube-root-ca.crt", "metadata.namespace"), (volume.Projected.DefaultMode, volume.Projected.Sources[0].ServiceAccountToken.ExpirationSeconds,
            volume.Projected.Sources[1].ConfigMap.Name, volume.Projected.Sources[2].DownwardAPI.Items[0].FieldRef.FieldPath));
        var mount = Assert.Single(spec.Containers[0].VolumeMounts);
        Assert.Equal((volume.Name, "/var/run/secrets/kubernetes.io/serviceaccount", true), (mount.Name, mount.MountPath, mount.ReadOnlyProperty));
        Assert.Equal([("node.kubernetes.io/not-ready", 300L), ("node.kubernetes.io/unreachable", 300L)], spec.Tolerations.Select(t => (t.Key, t.TolerationSeconds ?? 0)));
    }

    [Fact]
    public async Task Pod_OfAMissingAccount_IsForbidden() => await FailsAsync(403, "Forbidden",
        "pods \"p\" is forbidden: error looking up service account ns/robot: serviceaccount \"robot\" not found", () => MakeAsync($"\"serviceAccountName\":\"robot\",{Spec}"));

    [Fact]
    public async Task Pod_InAMissingNamespace_IsNotFound() => await FailsAsync(404, "NotFound", "namespaces \"nowhere\" not found",
        () => _server.CreateAsync(Kinds.Pods, "nowhere", """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}"""));

    [Fact]
    public async Task Pod_ThatWantsNoToken_GetsNoVolume() => Assert.True((await MakeAsync($"\"automountServiceAccountToken\":false,{Spec}")).Spec.Volumes is null or { Count: 0 });

    [Fact]
    public async Task Pod_WithItsOwnMountAtThePlace_KeepsIt()
    {
        var pod = await MakeAsync("\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"volumeMounts\":[{\"name\":\"v\",\"mountPath\":\"/var/run/secrets/kubernetes.io/serviceaccount\"}]}],\"volumes\":[{\"name\":\"v\",\"emptyDir\":{}}]");

        Assert.Equal("v", Assert.Single(pod.Spec.Volumes).Name);
    }

    [Fact]
    public async Task Mirror_OfAStaticPod_IsTakenAsItComes()
    {
        var pod = await MakeAsync("{\"name\":\"p\",\"annotations\":{\"kubernetes.io/config.mirror\":\"h\"}}", $"\"nodeName\":\"n\",{Spec}");

        Assert.True(string.IsNullOrEmpty(pod.Spec.ServiceAccountName) && pod.Spec.Volumes is null or { Count: 0 });
    }

    [Theory]
    [InlineData("\"serviceAccountName\":\"default\"", "a mirror pod may not reference service accounts")]
    [InlineData("\"volumes\":[{\"name\":\"v\",\"secret\":{\"secretName\":\"s\"}}]", "a mirror pod may not reference secrets")]
    public async Task Mirror_ThatRefersToObjects_IsForbidden(string spec, string why) => await FailsAsync(403, "Forbidden", $"pods \"p\" is forbidden: {why}",
        () => MakeAsync("{\"name\":\"p\",\"annotations\":{\"kubernetes.io/config.mirror\":\"h\"}}", $"{spec},\"nodeName\":\"n\",{Spec}"));

    [Theory]
    [InlineData("system-node-critical", 2000001000)]
    [InlineData("system-cluster-critical", 2000000000)]
    public async Task Pod_OfASystemClass_GetsItsPriority(string name, int priority) =>
        Assert.Equal(priority, (await MakeAsync($"\"priorityClassName\":\"{name}\",{Spec}")).Spec.Priority);

    [Fact]
    public async Task Pod_OfAnUnknownClass_IsForbidden() => await FailsAsync(403, "Forbidden", "pods \"p\" is forbidden: no PriorityClass with name gold was found",
        () => MakeAsync($"\"priorityClassName\":\"gold\",{Spec}"));

    [Fact]
    public async Task Pod_OfAnUnknownRuntimeClass_IsForbidden() => await FailsAsync(403, "Forbidden", "pods \"p\" is forbidden: pod rejected: RuntimeClass \"gvisor\" not found",
        () => MakeAsync($"\"runtimeClassName\":\"gvisor\",{Spec}"));

    [Fact]
    public async Task Bind_Twice_ConflictsNamingTheNode()
    {
        await MakeAsync();
        await BindAsync("n1");
        var pod = await _server.Client.GetAsync(Kinds.Pods, "ns", "p", Ct);

        Assert.Equal(("n1", "True"), (pod.Spec.NodeName, pod.Status.Conditions.Single(c => c.Type == "PodScheduled").Status));
        await FailsAsync(409, "Conflict", "Operation cannot be fulfilled on pods/binding \"p\": pod p is already assigned to node \"n1\"", () => BindAsync("n2"));
    }

    [Fact]
    public async Task Namespace_TheClusterLivesIn_MayNotBeDeleted()
    {
        await _server.NamespaceAsync("default");

        await FailsAsync(403, "Forbidden", "namespaces \"default\" is forbidden: this namespace may not be deleted", () => _server.Client.DeleteAsync(Kinds.Namespaces, null, "default", null, Ct));
    }

    [Fact]
    public async Task Node_New_IsTaintedUntilItIsReady()
    {
        var node = await _server.Client.CreateAsync(Kinds.Nodes, Kinds.Nodes.New(null, "n1"), Ct);

        Assert.Equal(("node.kubernetes.io/not-ready", "NoSchedule"), (Assert.Single(node.Spec.Taints).Key, node.Spec.Taints[0].Effect));
    }

    private Task BindAsync(string node) => _server.Client.BindAsync(new V1Binding
    {
        Metadata = new V1ObjectMeta { Name = "p", NamespaceProperty = "ns" },
        Target = new V1ObjectReference { Kind = "Node", Name = node },
    }, Ct);
}
