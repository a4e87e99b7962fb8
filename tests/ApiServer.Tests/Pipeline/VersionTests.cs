using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Pipeline;

public sealed class VersionTests : IAsyncLifetime
{
    private readonly CoreFixture _server = new();

    public async ValueTask InitializeAsync() => await _server.NamespaceAsync("ns");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Beta2Deployment_IsOneObjectWithV1()
    {
        var beta = _server.Core.Find("apps", "v1beta2", "deployments")!;

        var made = Node((await beta.CreateAsync(Request("ns"), Body("""
            {"apiVersion":"apps/v1beta2","kind":"Deployment","metadata":{"name":"d"},"spec":{"selector":{"matchLabels":{"app":"x"}},
             "template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}
            """))).Json);

        Assert.Equal(("apps/v1beta2", 1), ((string)made["apiVersion"]!, (int)made["spec"]!["replicas"]!));
        Assert.Equal("apps/v1", (string)_server.Get(Kinds.Deployments, "ns", "d")["apiVersion"]!);
        var list = Node(beta.List(Request("ns"), new ListQuery()));
        Assert.Equal(("apps/v1beta2", "d"), ((string)list["apiVersion"]!, (string)list["items"]![0]!["metadata"]!["name"]!));
    }

    /// <summary>Through the version of old a delete that says nothing leaves what the object owns, as it did then.</summary>
    [Theory]
    [InlineData("deployments", "Deployment")]
    [InlineData("replicasets", "ReplicaSet")]
    [InlineData("daemonsets", "DaemonSet")]
    public async Task Beta2_DeletedWithoutPolicy_OrphansItsDependents(string resource, string kind)
    {
        var beta = _server.Core.Find("apps", "v1beta2", resource)!;
        await beta.CreateAsync(Request("ns"), Body($$"""
            {"apiVersion":"apps/v1beta2","kind":"{{kind}}","metadata":{"name":"d"},"spec":{"selector":{"matchLabels": {"app":"x"} },
             "template":{"metadata": {"labels": {"app":"x"} }, "spec": {"containers": [{"name":"c","image":"i"}] } } } }
            """));

        var marked = Node((await beta.DeleteAsync(Request("ns", "d"), null)).Json);

        Assert.Equal("orphan", (string)Assert.Single(marked["metadata"]!["finalizers"]!.AsArray())!);
    }

    [Fact]
    public async Task NewerEvent_ShowsTheSameFactsUnderBothNames()
    {
        var made = await _server.CreateAsync(Kinds.EventsV1, "ns", """
            {"metadata":{"name":"e"},"eventTime":"2026-01-01T00:00:00.123456Z","reportingController":"x.io/c","reportingInstance":"i","action":"Run","reason":"Ran",
             "regarding":{"kind":"Pod","name":"p","namespace":"ns"},"note":"it ran","type":"Normal"}
            """);

        var core = _server.Get(Kinds.Events, "ns", "e");
        Assert.Equal(("it ran", "p", "x.io/c"), ((string)core["message"]!, (string)core["involvedObject"]!["name"]!, (string)core["reportingComponent"]!));
        Assert.Equal(("events.k8s.io/v1", "it ran", "p"), ((string)made["apiVersion"]!, (string)made["note"]!, (string)made["regarding"]!["name"]!));
        Assert.Single(_server[Kinds.EventsV1].List(Request("ns"), new ListQuery { FieldSelector = "regarding.name=p,reportingController=x.io/c" }).Items);
    }
}
