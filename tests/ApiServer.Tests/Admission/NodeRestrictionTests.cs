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

    public NodeRestrictionTests() => _node = new InProcessClient(_server.Core, new UserInfo("system:node:n1", ["system:nodes", UserInfo.Authenticated]));

    public async ValueTask InitializeAsync()
    {
        await _server.NamespaceAsync("ns");
        await _server.NamespaceAsync("kube-node-lease");
        await _server.CreateAsync(Kinds.ServiceAccounts, "ns", """{"metadata":{"name":"default"}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static V1Pod Mirror(string node)
    {
        var pod = Kinds.Pods.New("ns", "p");
        pod.Metadata.Annotations = new Dictionary<string, string> { ["kubernetes.io/config.mirror"] = "h" };
        pod.Spec = new V1PodSpec { NodeName = node, Containers = [new V1Container { Name = "c", Image = "i" }] };
        return pod;
    }

    [Fact]
    public async Task Node_MirrorsItsOwnStaticPods()
    {
        await _node.CreateAsync(Kinds.Pods, Mirror("n1"), Ct);

        await FailsAsync(403, "Forbidden", "pods \"p\" is forbidden: node \"n1\" can only create pods with spec.nodeName set to itself", () => _node.CreateAsync(Kinds.Pods, Mirror("n2"), Ct));
    }

    [Fact]
    public async Task Node_MirrorWithAConfigMap_IsForbidden()
    {
        var pod = Mirror("n1");
        pod.Spec.Volumes = [new V1Volume { Name = "v", ConfigMap = new V1ConfigMapVolumeSource { Name = "m" } }];

        await FailsAsync(403, "Forbidden", "pods \"p\" is forbidden: node \"n1\" can not create pods that reference configmaps", () => _node.CreateAsync(Kinds.Pods, pod, Ct));
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
