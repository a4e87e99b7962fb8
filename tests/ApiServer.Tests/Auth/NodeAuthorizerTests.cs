using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Tests.Pipeline;
using k8s.Models;

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

    private bool May(string node, string verb, string resource, string ns, string name) =>
        _server.Core.Authorizer.IsAllowed(new UserInfo($"system:node:{node}", [UserInfo.Nodes, UserInfo.Authenticated]), new AccessRequest(verb, "", resource, "", ns, name), out _);

    [Theory]
    [InlineData("secrets", "key", "ns", true)]
    [InlineData("secrets", "key", "elsewhere", false)]
    [InlineData("configmaps", "env", "ns", true)]
    [InlineData("configmaps", "kube-root-ca.crt", "ns", true)]
    [InlineData("configmaps", "other", "ns", false)]
    [InlineData("serviceaccounts", "default", "ns", true)]
    [InlineData("pods", "p", "ns", true)]
    public void Node_ReadsWhatItsPodsReferTo(string resource, string name, string ns, bool allowed)
    {
        Assert.Equal(allowed, May("n1", "get", resource, ns, name));
        Assert.Equal(allowed, May("n1", "get", resource, ns, name)); // what was found is remembered: it must be the same
        Assert.False(May("n2", "get", resource, ns, name));
    }

    [Fact]
    public async Task Relation_EndsWithTheLastPodOnTheNode()
    {
        await _server.CreateAsync(Kinds.Pods, "ns", Pod.Replace("\"p\"", "\"q\"", StringComparison.Ordinal));
        Assert.True(May("n1", "get", "secrets", "ns", "key"));
        await DeleteAsync("p");
        Assert.True(May("n1", "get", "secrets", "ns", "key")); // through the other
        await DeleteAsync("q");

        Assert.False(May("n1", "get", "secrets", "ns", "key"));
        await _server.CreateAsync(Kinds.Pods, "ns", Pod.Replace("n1", "n2", StringComparison.Ordinal));
        Assert.False(May("n1", "get", "secrets", "ns", "key"));
        Assert.True(May("n2", "get", "secrets", "ns", "key"));
    }

    [Fact]
    public async Task Pod_WithoutANode_GivesNobodyAnything()
    {
        await _server.CreateAsync(Kinds.Pods, "ns", """{"metadata":{"name":"w"},"spec":{"containers":[{"name":"c","image":"i"}],"volumes":[{"name":"v","secret":{"secretName":"waiting"}}]}}""");
        var nameless = new UserInfo("system:node:", [UserInfo.Nodes, UserInfo.Authenticated]);

        Assert.False(_server.Core.Authorizer.IsAllowed(nameless, new AccessRequest("get", "", "secrets", "", "ns", "waiting"), out var reason));
        Assert.Equal("unknown node for user \"system:node:\"", reason);
    }

    [Fact]
    public void Node_WithoutTheGroup_IsNone() =>
        Assert.False(_server.Core.Authorizer.IsAllowed(new UserInfo("system:node:n1", [UserInfo.Authenticated]), new AccessRequest("get", "", "secrets", "", "ns", "key"), out _));

    private async Task DeleteAsync(string name) =>
        await _server.Client.DeleteAsync(Kinds.Pods, "ns", name, new V1DeleteOptions { GracePeriodSeconds = 0 }, CoreFixture.Ct);

    [Theory]
    [InlineData("metadata.name=key", "key")]
    [InlineData("metadata.name=key,type=Opaque", "key")]
    [InlineData("metadata.name!=key", "")]
    [InlineData("type=Opaque", "")]
    [InlineData("metadata.name=a/b", "")]
    [InlineData("metadata.name", "")]
    public void SelectedName_IsTheOneThatTheSelectorDemands(string selector, string name) => Assert.Equal(name, AccessRequest.SelectedName(selector));
}
