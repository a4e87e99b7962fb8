using Coxswain.Api;
using Coxswain.ApiServer.Resources.Core.Pods;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Resources.Core.Pods;

/// <summary>What a node asks of its static Pods before they run.</summary>
public sealed class PodReviewTests
{
    private static V1Pod NewPod(string spec = "") => Kinds.Pods.Decode(System.Text.Encoding.UTF8.GetBytes(
        $$$"""{"metadata":{"name":"p-node-1","namespace":"default","uid":"0123456789abcdef"},"spec":{"nodeName":"node-1","containers":[{"name":"c","image":"i","ports":[{"containerPort":80}]}]{{{spec}}}}}"""));

    [Fact]
    public void Of_APodThatLeavesMuchToDefaults_FindsNothing_AndLeavesItAsItIs()
    {
        var pod = NewPod();
        var before = Kinds.Pods.Encode(pod);
        Assert.Empty(PodReview.Of(pod));
        Assert.Equal(before, Kinds.Pods.Encode(pod));
    }

    [Fact]
    public void Of_ABadPod_FindsAllThatTheServerWould()
    {
        var pod = NewPod(",\"restartPolicy\":\"Sometimes\",\"ephemeralContainers\":[{\"name\":\"e\",\"image\":\"i\"}]");
        pod.Metadata.Labels = new Dictionary<string, string> { ["a b"] = "c" };
        pod.Spec.Containers[0].Ports[0].ContainerPort = 70000;
        Assert.Equal(["metadata.labels", "spec.containers[0].ports[0].containerPort", "spec.restartPolicy", "spec.ephemeralContainers"], PodReview.Of(pod).Select(e => e.Field));
    }
}
