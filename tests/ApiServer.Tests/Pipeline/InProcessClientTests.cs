using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.Client;
using k8s.Models;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Pipeline;

/// <summary>Whoever works in the server's process may no more than over the network.</summary>
public sealed class InProcessClientTests : IAsyncLifetime
{
    private readonly CoreFixture _server = new();

    public async ValueTask InitializeAsync() => await _server.NamespaceAsync("ns");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private InProcessClient As(string name, params string[] groups) => new(_server.Core, new UserInfo(name, [.. groups, UserInfo.Authenticated]));

    [Fact]
    public async Task Request_OfNobodyInParticular_IsForbiddenInUpstreamsWords()
    {
        var bob = As("bob");
        var map = Kinds.ConfigMaps.New("ns", "a");
        var patch = new Patch(PatchType.Merge, "{}"u8.ToArray());
        string Cannot(string verb, bool named = true) => $"configmaps {(named ? "\"a\" " : "")}is forbidden: User \"bob\" cannot {verb} resource \"configmaps\" in API group \"\" in the namespace \"ns\"";

        await FailsAsync(403, "Forbidden", Cannot("get"), () => bob.GetAsync(Kinds.ConfigMaps, "ns", "a", Ct));
        await FailsAsync(403, "Forbidden", Cannot("list", false), () => bob.ListAsync(Kinds.ConfigMaps, "ns", new ListOptions(), Ct));
        await FailsAsync(403, "Forbidden", Cannot("create", false), () => bob.CreateAsync(Kinds.ConfigMaps, map, Ct));
        await FailsAsync(403, "Forbidden", Cannot("update"), () => bob.UpdateAsync(Kinds.ConfigMaps, map, null, Ct));
        await FailsAsync(403, "Forbidden", Cannot("patch"), () => bob.PatchAsync(Kinds.ConfigMaps, "ns", "a", patch, null, Ct));
        await FailsAsync(403, "Forbidden", Cannot("delete"), () => bob.DeleteAsync(Kinds.ConfigMaps, "ns", "a", null, Ct));
        await FailsAsync(403, "Forbidden", Cannot("deletecollection", false), () => bob.DeleteCollectionAsync(Kinds.ConfigMaps, "ns", new ListOptions(), null, Ct));
        await FailsAsync(403, "Forbidden", Cannot("watch", false), async () => { await foreach (var _ in bob.WatchAsync(Kinds.ConfigMaps, "ns", new ListOptions(), Ct)) { } });
    }

    [Fact]
    public async Task Request_OfANode_IsItsOwnOnly()
    {
        var node = As("system:node:n1", UserInfo.Nodes);

        await FailsAsync(403, "Forbidden", "secrets \"s\" is forbidden: User \"system:node:n1\" cannot get resource \"secrets\" in API group \"\" in the namespace \"ns\": no relationship found between node 'n1' and this object",
            () => node.GetAsync(Kinds.Secrets, "ns", "s", Ct));
        Assert.Empty((await node.ListAsync(Kinds.Pods, null, new ListOptions { FieldSelector = "spec.nodeName=n1" }, Ct)).Items);
    }

    [Theory]
    [InlineData("system:kube-scheduler")]
    [InlineData("system:kube-controller-manager")]
    [InlineData("system:serviceaccount:kube-system:namespace-controller")]
    public async Task Request_OfABuiltInComponent_IsAllowed(string name) => Assert.Empty((await As(name).ListAsync(Kinds.Secrets, null, new ListOptions(), Ct)).Items);
}
