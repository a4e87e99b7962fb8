using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Testing.Tests;

/// <summary>A node that the API shows Ready is not yet one that the scheduler has heard of: its watch comes when it comes. A Pod that only this node may have shows it.</summary>
internal static class SchedulerProbe
{
    public static async Task SendAsync(TestCluster cluster, string node, CancellationToken ct)
    {
        var pod = Kinds.Pods.New("default", NameFor(node));
        pod.Spec = new V1PodSpec
        {
            NodeSelector = new Dictionary<string, string> { ["kubernetes.io/hostname"] = node },
            Containers = [new V1Container { Name = "c", Image = "example" }],
        };
        await cluster.Client.CreateAsync(Kinds.Pods, pod, ct);
    }

    public static async Task<bool> HasArrivedAsync(TestCluster cluster, string node, CancellationToken ct) =>
        (await cluster.Client.GetAsync(Kinds.Pods, "default", NameFor(node), ct)).Spec.NodeName == node;

    private static string NameFor(string node) => $"probe-{node}";
}
