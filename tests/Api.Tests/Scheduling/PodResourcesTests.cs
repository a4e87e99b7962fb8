using System.Text;
using k8s.Models;

namespace Coxswain.Api.Tests.Scheduling;

public sealed class PodResourcesTests
{
    private static V1PodSpec Spec(string json) => KubeJson.Deserialize<V1PodSpec>(Encoding.UTF8.GetBytes(json))!;

    private static string Container(string name, string requests, string more = "") => $$$"""{"name":"{{{name}}}","resources":{"requests":{{{{requests}}}}}{{{more}}}}""";

    private const string Sidecar = ",\"restartPolicy\":\"Always\"";

    [Fact]
    public void Requests_OfContainers_AreTheirSum() =>
        Assert.Equal("300m", Cpu($$"""{"containers":[{{Container("a", "\"cpu\":\"100m\"")}},{{Container("b", "\"cpu\":\"200m\"")}}]}"""));

    [Fact]
    public void Requests_OfAHungryInitContainer_AreIts() =>
        Assert.Equal("1", Cpu($$"""{"initContainers":[{{Container("i", "\"cpu\":\"1\"")}},{{Container("j", "\"cpu\":\"800m\"")}}],"containers":[{{Container("a", "\"cpu\":\"300m\"")}}]}"""));

    [Fact]
    public void Requests_OfAnInitContainer_StandBesideTheSidecarsBeforeItOnly()
    {
        var init = $"{Container("s", "\"cpu\":\"100m\"", Sidecar)},{Container("i", "\"cpu\":\"900m\"")},{Container("t", "\"cpu\":\"300m\"", Sidecar)}";

        Assert.Equal("1", Cpu($$"""{"initContainers":[{{init}}],"containers":[{{Container("a", "\"cpu\":\"200m\"")}}]}"""));
        Assert.Equal("1100m", Cpu($$"""{"initContainers":[{{init}}],"containers":[{{Container("a", "\"cpu\":\"700m\"")}}]}"""));
    }

    [Fact]
    public void Requests_OfEachResource_HaveTheirOwnPeak()
    {
        var spec = Spec($$"""
            {"initContainers":[{{Container("i", "\"cpu\":\"1\",\"memory\":\"1Mi\"")}}],"containers":[{{Container("a", "\"cpu\":\"100m\",\"memory\":\"5Mi\"")}}]}
            """);

        Assert.Equal(("1", "5Mi"), (PodResources.Requests(spec)["cpu"].ToString(), PodResources.Requests(spec)["memory"].ToString()));
    }

    [Fact]
    public void Requests_OfThePodAsAWhole_StandForTheSumAndOverheadComesOnTop()
    {
        var spec = Spec($$$"""{"resources":{"requests":{"cpu":"2"}},"overhead":{"cpu":"250m"},"containers":[{{{Container("a", "\"cpu\":\"100m\",\"memory\":\"5Mi\"")}}}]}""");

        Assert.Equal(("2250m", "5Mi"), (PodResources.Requests(spec)["cpu"].ToString(), PodResources.Requests(spec)["memory"].ToString()));
        Assert.Equal("100m", PodResources.ContainerRequests(spec)["cpu"].ToString());
    }

    [Theory]
    [InlineData("{}", "{}", "BestEffort")]
    [InlineData("""{"requests":{"ephemeral-storage":"1"}}""", "{}", "BestEffort")]
    [InlineData("""{"limits":{"cpu":"1","memory":"1"}}""", "{}", "Burstable")]
    [InlineData("""{"limits":{"cpu":"1","memory":"1"}}""", """{"limits":{"cpu":"1","memory":"1"}}""", "Guaranteed")]
    [InlineData("""{"limits":{"cpu":"1","memory":"1"},"requests":{"cpu":"0"}}""", """{"limits":{"cpu":"1","memory":"1"}}""", "Burstable")]
    [InlineData("""{"limits":{"cpu":"1"}}""", """{"limits":{"cpu":"1"}}""", "Burstable")]
    public void QualityOfService_LooksAtInitContainersAndSidecarsToo(string container, string sidecar, string want) =>
        Assert.Equal(want, PodResources.QualityOfService(Spec($$"""{"initContainers":[{"name":"s","restartPolicy":"Always","resources":{{sidecar}}}],"containers":[{"name":"c","resources":{{container}}}]}""")));

    [Fact]
    public void Limits_MeanSomethingOnlyWhenEveryContainerHasOne()
    {
        var both = Spec("""{"initContainers":[{"name":"i","resources":{"limits":{"memory":"9Mi"}}}],"containers":[{"name":"a","resources":{"limits":{"memory":"2Mi"}}},{"name":"b","resources":{"limits":{"memory":"3Mi"}}}]}""");
        var one = Spec("""{"containers":[{"name":"a","resources":{"limits":{"memory":"2Mi"}}},{"name":"b"}]}""");

        Assert.Equal((true, "9Mi"), (PodResources.IsLimited(both, "memory"), PodResources.Limits(both)["memory"].ToString()));
        Assert.False(PodResources.IsLimited(one, "memory"));
    }

    private static string Cpu(string spec) => PodResources.Requests(Spec(spec))["cpu"].ToString();
}
