using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Tests.Pipeline;

namespace Coxswain.ApiServer.Tests.Auth;

public sealed class NodeAuthorizerTests : IAsyncLifetime
{
    private const string Pod = """
        {"metadata":{"name":"p"},"spec":{"nodeName":"n1","containers":[{"name":"c","image":"i","envFrom":[{"configMapRef":{"name":"env"}}]}],
         "volumes":[{"name":"v","secret":{"secretName":"key"}}]}}
        """;

    private readonly CoreFixture _server = new();

    public async ValueTask InitializeAsync()
    {
        await _server.NamespaceAsync("ns");
        await _server.CreateAsync(Kinds.ServiceAccounts, "ns", """{"metadata":{"name":"default"}}""");
        await _server.CreateAsync(Kinds.Pods, "ns", Pod);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    // What its Pods refer to, one by one.
    [InlineData("get", "", "secrets", "", "ns", "key", true)]
    [InlineData("watch", "", "secrets", "", "ns", "key", true)]
    [InlineData("get", "", "configmaps", "", "ns", "env", true)]
    [InlineData("get", "", "configmaps", "", "ns", "other", false)]
    [InlineData("get", "", "configmaps", "", "elsewhere", "env", false)]
    [InlineData("list", "", "secrets", "", "ns", "", false)]
    [InlineData("update", "", "secrets", "", "ns", "key", false)]
    [InlineData("create", "", "serviceaccounts", "token", "ns", "default", true)]
    [InlineData("create", "", "serviceaccounts", "token", "ns", "robot", false)]
    // Pods: all can be read, its own reported on and ended.
    [InlineData("list", "", "pods", "", "", "", true)]
    [InlineData("create", "", "pods", "", "ns", "", true)]
    [InlineData("patch", "", "pods", "status", "ns", "p", true)]
    [InlineData("delete", "", "pods", "", "ns", "p", true)]
    [InlineData("update", "", "pods", "", "ns", "p", false)]
    [InlineData("create", "", "pods", "exec", "ns", "p", false)]
    // Itself.
    [InlineData("get", "", "nodes", "", "", "n1", true)]
    [InlineData("get", "", "nodes", "", "", "n2", false)]
    [InlineData("patch", "", "nodes", "status", "", "n1", true)]
    [InlineData("patch", "", "nodes", "status", "", "n2", false)]
    [InlineData("delete", "", "nodes", "", "", "n1", false)]
    [InlineData("update", "coordination.k8s.io", "leases", "", "kube-node-lease", "n1", true)]
    [InlineData("update", "coordination.k8s.io", "leases", "", "kube-node-lease", "n2", false)]
    [InlineData("update", "coordination.k8s.io", "leases", "", "kube-system", "n1", false)]
    // What every node needs, and no more.
    [InlineData("watch", "", "services", "", "", "", true)]
    [InlineData("create", "", "events", "", "ns", "", true)]
    [InlineData("list", "", "namespaces", "", "", "", false)]
    [InlineData("create", "apps", "deployments", "", "ns", "", false)]
    public void Node_MayWhatItsPodsNeed(string verb, string group, string resource, string subresource, string ns, string name, bool allowed)
    {
        var node = new UserInfo("system:node:n1", [UserInfo.Nodes, UserInfo.Authenticated]);

        Assert.Equal(allowed, _server.Core.Authorizer.IsAllowed(node, new AccessRequest(verb, group, resource, subresource, ns, name), out _));
    }

    [Fact]
    public void Node_OfAnotherName_SeesNothingOfThesePods()
    {
        var other = new UserInfo("system:node:n2", [UserInfo.Nodes, UserInfo.Authenticated]);

        Assert.False(_server.Core.Authorizer.IsAllowed(other, new AccessRequest("get", "", "secrets", "", "ns", "key"), out _));
        Assert.False(_server.Core.Authorizer.IsAllowed(other, new AccessRequest("patch", "", "pods", "status", "ns", "p"), out var reason));
        Assert.Equal("can only update pod status for pods with spec.nodeName set to itself", reason);
    }

    [Theory]
    [InlineData("metadata.name=key", "key")]
    [InlineData("metadata.name=key,type=Opaque", "key")]
    [InlineData("metadata.name!=key", "")]
    [InlineData("type=Opaque", "")]
    [InlineData("metadata.name=a/b", "")]
    [InlineData("metadata.name", "")]
    public void SelectedName_IsTheOneThatTheSelectorDemands(string selector, string name) => Assert.Equal(name, AccessRequest.SelectedName(selector));
}
