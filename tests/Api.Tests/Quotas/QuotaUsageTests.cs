using System.Text;
using k8s.Models;

namespace Coxswain.Api.Tests.Quotas;

public sealed class QuotaUsageTests
{
    private static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private static string Usage(ResourceType type, string json) => Usage(type, type.DecodeObject(Encoding.UTF8.GetBytes(json)), Now);

    private static string Usage(ResourceType type, k8s.IKubernetesObject<V1ObjectMeta> value, DateTime now) =>
        string.Join(' ', QuotaUsage.Of(type, value, now).OrderBy(u => u.Key, StringComparer.Ordinal).Select(u => $"{u.Key}={u.Value}"));

    [Theory]
    [InlineData("""{"containers":[{"name":"c"}]}""", "count/pods=1 pods=1")]
    [InlineData("""{"containers":[{"name":"c","resources":{"requests":{"cpu":"100m"},"limits":{"cpu":"1","memory":"1Gi"}}},{"name":"d","resources":{"requests":{"cpu":"1","memory":"64Mi"}}}]}""",
        "count/pods=1 cpu=1100m limits.cpu=1 limits.memory=1Gi memory=64Mi pods=1 requests.cpu=1100m requests.memory=64Mi")]
    [InlineData("""{"initContainers":[{"name":"i","resources":{"requests":{"cpu":"2"}}}],"containers":[{"name":"c","resources":{"requests":{"cpu":"1"}}}],"overhead":{"cpu":"250m"}}""",
        "count/pods=1 cpu=2250m pods=1 requests.cpu=2250m")]
    [InlineData("""{"containers":[{"name":"c","resources":{"requests":{"ephemeral-storage":"1Gi","hugepages-2Mi":"4Mi","example.com/gpu":"2"},"limits":{"ephemeral-storage":"2Gi","hugepages-2Mi":"4Mi","example.com/gpu":"2"}}}]}""",
        "count/pods=1 ephemeral-storage=1Gi hugepages-2Mi=4Mi limits.ephemeral-storage=2Gi pods=1 requests.ephemeral-storage=1Gi requests.example.com/gpu=2 requests.hugepages-2Mi=4Mi")]
    [InlineData("""{"resources":{"requests":{"cpu":"3"},"limits":{"memory":"1Gi"}},"containers":[{"name":"c","resources":{"requests":{"cpu":"1"}}}]}""",
        "count/pods=1 cpu=3 limits.memory=1Gi pods=1 requests.cpu=3")]
    public void Of_Pod_IsWhatItsContainersAskForTogether(string spec, string want) => Assert.Equal(want, Usage(Kinds.Pods, $$"""{"metadata":{"name":"p"},"spec":{{spec}}}"""));

    [Theory]
    [InlineData("Pending", "count/pods=1 pods=1")]
    [InlineData("Running", "count/pods=1 pods=1")]
    [InlineData("Succeeded", "count/pods=1")]
    [InlineData("Failed", "count/pods=1")]
    public void Of_PodInAPhase_EndsWithIt(string phase, string want) =>
        Assert.Equal(want, Usage(Kinds.Pods, $$$"""{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c"}]},"status":{"phase":"{{{phase}}}"}}"""));

    [Fact]
    public void Of_PodThatShouldHaveEnded_IsChargedForOneMoreGracePeriod()
    {
        var pod = Kinds.Pods.Decode("""{"metadata":{"name":"p","deletionTimestamp":"2026-01-02T03:04:05Z","deletionGracePeriodSeconds":30},"spec":{"containers":[{"name":"c"}]}}"""u8);

        Assert.Equal(Now.AddSeconds(30), QuotaUsage.OverdueAt(pod));
        Assert.Equal("count/pods=1 pods=1", Usage(Kinds.Pods, pod, Now.AddSeconds(30)));
        Assert.Equal("count/pods=1", Usage(Kinds.Pods, pod, Now.AddSeconds(31)));
    }

    [Theory]
    [InlineData("""{"type":"ClusterIP","ports":[{"port":1}]}""", "count/services=1 services=1")]
    [InlineData("""{"type":"NodePort","ports":[{"port":1},{"port":2}]}""", "count/services=1 services=1 services.nodeports=2")]
    [InlineData("""{"type":"LoadBalancer","ports":[{"port":1},{"port":2}]}""", "count/services=1 services=1 services.loadbalancers=1 services.nodeports=2")]
    [InlineData("""{"type":"LoadBalancer","allocateLoadBalancerNodePorts":false,"ports":[{"port":1,"nodePort":30000},{"port":2}]}""", "count/services=1 services=1 services.loadbalancers=1 services.nodeports=1")]
    public void Of_Service_IsWhatItsTypeTakes(string spec, string want) => Assert.Equal(want, Usage(Kinds.Services, $$"""{"metadata":{"name":"s"},"spec":{{spec}}}"""));

    [Theory]
    [InlineData("count/pods", "pods")]
    [InlineData("requests.example.com/gpu", "pods")]
    [InlineData("requests.hugepages-1Gi", "pods")]
    [InlineData("hugepages-1Gi", "pods")]
    [InlineData("example.com/gpu", "")]
    [InlineData("services.nodeports", "services")]
    [InlineData("configmaps", "configmaps")]
    [InlineData("endpoints", "")]
    [InlineData("count/endpoints", "endpoints")]
    [InlineData("deployments", "")]
    [InlineData("count/deployments", "")]
    [InlineData("count/deployments.apps", "deployments")]
    [InlineData("count/namespaces", "")]
    [InlineData("count/events", "")]
    public void Covers_Name_BelongsToOneKind(string name, string resource) =>
        Assert.Equal(resource.Length == 0 ? [] : [resource], Kinds.All.Where(type => QuotaNames.Covers(type, name)).Select(type => type.Resource));
}
