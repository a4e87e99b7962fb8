using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Pipeline;

/// <summary>The fields that upstream lets each kind be selected by, and no others.</summary>
public sealed class FieldSelectorTests
{
    private const string Pod = """{"metadata":{"name":"it"},"spec":{"nodeName":"n1","restartPolicy":"Never","schedulerName":"mine","hostNetwork":true,"containers":[{"name":"c","image":"i"}]}}""";
    private const string Event = """
        {"metadata":{"name":"it"},"involvedObject":{"kind":"Pod","namespace":"ns","name":"p","uid":"u","apiVersion":"v1","resourceVersion":"7","fieldPath":"spec"},"reason":"R","type":"Normal",
        "reportingComponent":"x.io/c","source":{"component":"s"}}
        """;

    [Theory]
    [InlineData("", "pods", Pod, "spec.nodeName=n1 spec.restartPolicy=Never spec.schedulerName=mine spec.serviceAccountName=default spec.hostNetwork=true status.phase=Pending status.podIP= status.nominatedNodeName=")]
    [InlineData("", "events", Event, "involvedObject.kind=Pod involvedObject.namespace=ns involvedObject.name=p involvedObject.uid=u involvedObject.apiVersion=v1 involvedObject.resourceVersion=7 involvedObject.fieldPath=spec "
        + "reason=R reportingComponent=x.io/c source=s type=Normal")]
    [InlineData("", "secrets", """{"metadata":{"name":"it"},"type":"mine"}""", "type=mine")]
    [InlineData("", "services", """{"metadata":{"name":"it"},"spec":{"clusterIP":"None","ports":[{"port":80}]}}""", "spec.clusterIP=None spec.type=ClusterIP")]
    [InlineData("", "nodes", """{"metadata":{"name":"it"},"spec":{"unschedulable":true}}""", "spec.unschedulable=true")]
    [InlineData("", "namespaces", """{"metadata":{"name":"it"}}""", "name=it status.phase=Active")]
    [InlineData("", "replicationcontrollers", """{"metadata":{"name":"it"},"spec":{"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""", "status.replicas=0")]
    [InlineData("apps", "replicasets", """{"metadata":{"name":"it"},"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""", "status.replicas=0")]
    public async Task List_ByEachFieldOfAKind_FindsTheObjectThatHasIt(string group, string resource, string manifest, string fields)
    {
        await using var server = new CoreFixture();
        await server.NamespaceAsync("ns");
        await server.CreateAsync(Kinds.ServiceAccounts, "ns", """{"metadata":{"name":"default"}}""");
        var endpoint = server.Core.Find(group, "v1", resource)!;
        var ns = endpoint.ServedType.Namespaced ? "ns" : "";
        await endpoint.CreateAsync(Request(ns), Body(manifest));

        foreach (var field in fields.Split(' ').Append("metadata.name=it"))
        {
            Assert.Single(endpoint.List(Request(ns), new ListQuery { FieldSelector = $"metadata.name=it,{field}" }).Items);
            Assert.Empty(endpoint.List(Request(ns), new ListQuery { FieldSelector = $"metadata.name=it,{field}-" }).Items);
            Assert.Empty(endpoint.List(Request(ns), new ListQuery { FieldSelector = $"metadata.name=it,{field.Replace("=", "!=", StringComparison.Ordinal)}" }).Items);
        }
        Assert.Equal(fields.Split(' ').Select(f => f.Split('=')[0]).Order(), endpoint.Definition.SelectableFields.Order());
        Assert.Equal("field label not supported: spec.none", Assert.Throws<StatusException>(() => endpoint.List(Request(ns), new ListQuery { FieldSelector = "spec.none=1" })).Message);
    }
}
