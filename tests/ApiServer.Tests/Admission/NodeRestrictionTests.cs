using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Tests.Pipeline;
using k8s.Models;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Admission;

public sealed class NodeRestrictionTests : IAsyncLifetime
{
    private readonly CoreFixture _server = new();
    private readonly InProcessClient _node;
    private V1Node _n1 = null!;

    public NodeRestrictionTests() => _node = new InProcessClient(_server.Core, new UserInfo("system:node:n1", ["system:nodes", UserInfo.Authenticated]));

    public async ValueTask InitializeAsync()
    {
        await _server.NamespaceAsync("ns");
        await _server.NamespaceAsync("kube-node-lease");
        await _server.CreateAsync(Kinds.ServiceAccounts, "ns", """{"metadata":{"name":"default"}}""");
        _n1 = await _node.CreateAsync(Kinds.Nodes, Kinds.Nodes.New(null, "n1"), Ct);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private V1Pod Mirror(string node)
    {
        var pod = Kinds.Pods.New("ns", "p");
        pod.Metadata.Annotations = new Dictionary<string, string> { ["kubernetes.io/config.mirror"] = "h" };
        pod.Metadata.OwnerReferences = [new V1OwnerReference { ApiVersion = "v1", Kind = "Node", Name = node, Uid = _n1.Metadata.Uid, Controller = true }];
        pod.Spec = new V1PodSpec { NodeName = node, Containers = [new V1Container { Name = "c", Image = "i" }] };
        return pod;
    }

    [Fact]
    public async Task Node_MirrorsItsOwnStaticPods()
    {
        await _node.CreateAsync(Kinds.Pods, Mirror("n1"), Ct);

        await FailsAsync(403, "Forbidden", "pods \"p\" is forbidden: node \"n1\" can only create pods with spec.nodeName set to itself", () => _node.CreateAsync(Kinds.Pods, Mirror("n2"), Ct));
    }

    [Theory]
    [InlineData("""{"name":"v","configMap":{"name":"m"}}""", "configmaps")]
    [InlineData("""{"name":"v","persistentVolumeClaim":{"claimName":"m"}}""", "persistentvolumeclaims")]
    [InlineData("""{"name":"v","csi":{"driver":"d"}}""", "csidrivers (via CSI volumes)")]
    [InlineData("""{"name":"v","projected":{"sources":[{"clusterTrustBundle":{"name":"b","path":"p"}}]}}""", "clustertrustbundles")]
    [InlineData("""{"name":"v","ephemeral":{"volumeClaimTemplate":{"spec":{}}}}""", "persistentvolumeclaims (via ephemeral volumes)")]
    [InlineData("""{"name":"v","glusterfs":{"endpoints":"e","path":"p"}}""", "endpoints (via glusterFS volumes)")]
    public async Task Node_MirrorThatRefersToAnObject_IsForbidden(string volume, string what)
    {
        var pod = Mirror("n1");
        pod.Spec.Volumes = [KubeJson.Deserialize<V1Volume>(System.Text.Encoding.UTF8.GetBytes(volume))!];

        await FailsAsync(403, "Forbidden", $"pods \"p\" is forbidden: node \"n1\" can not create pods that reference {what}", () => _node.CreateAsync(Kinds.Pods, pod, Ct));
    }

    [Fact]
    public async Task Node_MirrorThatIsNotItsOwn_IsForbidden()
    {
        await OwnedAsync([], "node \"n1\" can only create pods with an owner reference set to itself");
        await OwnedAsync([Owner(), Owner()], "node \"n1\" can only create pods with a single owner reference set to itself");
        await OwnedAsync([Owner(o => o.Kind = "Pod")], "node \"n1\" can only create pods with an owner reference set to itself");
        await OwnedAsync([Owner(o => o.Name = "n2")], "node \"n1\" can only create pods with an owner reference set to itself");
        await OwnedAsync([Owner(o => o.ApiVersion = "v2")], "node \"n1\" can only create pods with an owner reference set to itself");
        await OwnedAsync([Owner(o => o.Controller = null)], "node \"n1\" can only create pods with a controller owner reference set to itself");
        await OwnedAsync([Owner(o => o.BlockOwnerDeletion = true)], "node \"n1\" must not set blockOwnerDeletion on an owner reference");
        await OwnedAsync([Owner(o => o.Uid = "u")], $"node n1 UID mismatch: expected u got {_n1.Metadata.Uid}");

        V1OwnerReference Owner(Action<V1OwnerReference>? change = null)
        {
            var owner = Mirror("n1").Metadata.OwnerReferences[0];
            change?.Invoke(owner);
            return owner;
        }

        async Task OwnedAsync(IList<V1OwnerReference> owners, string why)
        {
            var pod = Mirror("n1");
            pod.Metadata.OwnerReferences = owners;
            await FailsAsync(403, "Forbidden", $"pods \"p\" is forbidden: {why}", () => _node.CreateAsync(Kinds.Pods, pod, Ct));
        }
    }

    [Fact]
    public async Task Node_MirrorWhenItIsNotThere_IsNotFound()
    {
        await _server.Client.DeleteAsync(Kinds.Nodes, null, "n1", null, Ct);

        await FailsAsync(404, "NotFound", "node \"n1\" not found", () => _node.CreateAsync(Kinds.Pods, Mirror("n1"), Ct));
    }

    [Fact]
    public async Task Node_ThatNamesNoNode_MayNothing()
    {
        var master = new InProcessClient(_server.Core, new UserInfo("system:node:", ["system:nodes", UserInfo.Masters])); // so that the authorizer lets it through

        await FailsAsync(403, "Forbidden", "nodes \"n2\" is forbidden: could not determine node from user \"system:node:\"", () => master.CreateAsync(Kinds.Nodes, Kinds.Nodes.New(null, "n2"), Ct));
    }

    [Fact]
    public async Task Node_WithEveryRight_StillWritesNoPodsOfItsOwnMaking()
    {
        await _server.CreateAsync(Kinds.Pods, "ns", """{"metadata":{"name":"mine"},"spec":{"nodeName":"n1","containers":[{"name":"c","image":"i"}]}}""");
        var master = new InProcessClient(_server.Core, new UserInfo("system:node:n1", ["system:nodes", UserInfo.Masters]));
        var pod = Kinds.Pods.Clone(await master.GetAsync(Kinds.Pods, "ns", "mine", Ct));

        await FailsAsync(403, "Forbidden", "pods \"mine\" is forbidden: unexpected operation \"UPDATE\", node \"n1\" can only create and delete mirror pods", () => master.UpdateAsync(Kinds.Pods, pod, null, Ct));
    }

    [Fact]
    public async Task Node_WritesNoOtherNode() => await FailsAsync(403, "Forbidden", "nodes \"n2\" is forbidden: node \"n1\" is not allowed to modify node \"n2\"",
        () => _node.CreateAsync(Kinds.Nodes, Kinds.Nodes.New(null, "n2"), Ct));

    [Fact]
    public async Task Node_KeepsItsOwnLease()
    {
        await _node.CreateAsync(Kinds.Leases, Kinds.Leases.New("kube-node-lease", "n1"), Ct);

        await FailsAsync(403, "Forbidden", "leases.coordination.k8s.io \"n2\" is forbidden: can only access node lease with the same name as the requesting node",
            () => _node.CreateAsync(Kinds.Leases, Kinds.Leases.New("kube-node-lease", "n2"), Ct));
    }
}
