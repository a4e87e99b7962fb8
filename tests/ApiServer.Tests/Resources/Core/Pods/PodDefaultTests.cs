using System.Text;
using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.ApiServer.Resources;
using Coxswain.ApiServer.Resources.Core;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Resources.Core.Pods;

public sealed class PodDefaultTests
{
    private static readonly Pod Kind = new();

    [Fact]
    public void Default_BarePod_IsFilledIn()
    {
        var pod = Written.Created(Kind, """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"nginx"}]}}""");
        Assert.Equal(
            """{"containers":[{"name":"c","image":"nginx","resources":{},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File","imagePullPolicy":"Always"}],"""
            + "\"restartPolicy\":\"Always\",\"terminationGracePeriodSeconds\":30,\"dnsPolicy\":\"ClusterFirst\",\"securityContext\":{},\"schedulerName\":\"default-scheduler\",\"enableServiceLinks\":true}",
            Part(pod, "spec"));
        Assert.Equal("""{"phase":"Pending","qosClass":"BestEffort"}""", Part(pod, "status"));
        Assert.Equal(1, pod.Metadata.Generation);
    }

    [Theory]
    [InlineData("busybox", "Always")]
    [InlineData("busybox:latest", "Always")]
    [InlineData("busybox:1.36", "IfNotPresent")]
    [InlineData("registry.example:5000/a/b", "Always")]
    [InlineData("registry.example:5000/a/b:v1", "IfNotPresent")]
    [InlineData("busybox@sha256:3ddff1cc6d4c7734092bdbc138475d225f8db4c47b324993947ac8c06e70a708", "IfNotPresent")]
    [InlineData("Not Valid!", "IfNotPresent")]
    public void Default_PullPolicy_FollowsTheTag(string image, string policy) => Assert.Equal(policy, Pod($$$"""{"name":"c","image":"{{{image}}}"}""").Spec.Containers[0].ImagePullPolicy);

    [Fact]
    public void Default_LimitsAlone_BecomeRequests()
    {
        var resources = Pod("""{"name":"c","image":"i","resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"100m"}}}""").Spec.Containers[0].Resources;
        Assert.Equal(("100m", "1Gi"), (resources.Requests["cpu"].ToString(), resources.Requests["memory"].ToString()));
    }

    [Fact]
    public void Default_Probe_GetsItsNumbers()
    {
        var probe = Pod("""{"name":"c","image":"i","livenessProbe":{"httpGet":{"port":80}}}""").Spec.Containers[0].LivenessProbe;
        Assert.Equal((1, 10, 1, 3, "/", "HTTP"), (probe.TimeoutSeconds, probe.PeriodSeconds, probe.SuccessThreshold, probe.FailureThreshold, probe.HttpGet.Path, probe.HttpGet.Scheme));
    }

    [Fact]
    public void Default_HostNetwork_FillsHostPortsOfPodsOnly()
    {
        const string Spec = """{"hostNetwork":true,"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}]}]}""";
        Assert.Equal(80, Written.Object(Kind, $$$"""{"metadata":{"name":"p"},"spec":{{{Spec}}}}""").Spec.Containers[0].Ports[0].HostPort);
        var template = KubeJson.Deserialize<V1PodTemplateSpec>(Encoding.UTF8.GetBytes($$$"""{"spec":{{{Spec}}}}"""))!;
        PodTemplates.Default(template);
        Assert.Null(template.Spec.Containers[0].Ports[0].HostPort);
        Assert.Null(template.Spec.EnableServiceLinks);
    }

    [Theory]
    [InlineData("""{"limits":{"cpu":"1","memory":"1Gi"}}""", "Guaranteed")]
    [InlineData("""{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"500m"}}""", "Burstable")]
    [InlineData("""{"requests":{"cpu":"500m"}}""", "Burstable")]
    [InlineData("""{"limits":{"example.com/gpu":"1"}}""", "BestEffort")]
    [InlineData("{}", "BestEffort")]
    public void Create_QualityOfService_FollowsResources(string resources, string quality) =>
        Assert.Equal(quality, Written.Created(Kind, $$$"""{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i","resources":{{{resources}}}}]}}""").Status.QosClass);

    [Fact]
    public void Create_SchedulingGates_ShowInTheConditions()
    {
        var pod = Written.Created(Kind, """{"metadata":{"name":"p"},"spec":{"schedulingGates":[{"name":"g"}],"containers":[{"name":"c","image":"i"}]}}""");
        Assert.Equal(("PodScheduled", "False", "SchedulingGated"), (pod.Status.Conditions[0].Type, pod.Status.Conditions[0].Status, pod.Status.Conditions[0].Reason));
    }

    private static V1Pod Pod(string container) => Written.Object(Kind, $$$"""{"metadata":{"name":"p"},"spec":{"containers":[{{{container}}}]}}""");

    private static string Part(V1Pod pod, string part) => JsonNode.Parse(Kinds.Pods.Encode(pod))![part]!.ToJsonString();
}
