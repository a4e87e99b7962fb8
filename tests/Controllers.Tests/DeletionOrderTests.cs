using k8s.Models;

namespace Coxswain.Controllers.Tests;

public sealed class DeletionOrderTests
{
    private static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    [Fact]
    public void Pick_EachRule_ComesBeforeTheNext()
    {
        V1Pod[] pods =
        [
            Pod("old", ready: 4000), Pod("young", ready: 100), Pod("restarted", ready: 4000, restarts: 3), Pod("crowded", node: "full", ready: 4000), Pod("crowd", node: "full", ready: 5000),
            Pod("cheap", ready: 4000, cost: "-5"), Pod("unready"), Pod("pending", phase: "Pending"), Pod("homeless", node: null, phase: "Pending"),
        ];

        Assert.Equal(["homeless", "pending", "unready", "cheap", "crowded", "crowd", "young", "restarted"],
            DeletionOrder.Pick(pods, 8, pods, Now).Select(pod => pod.Metadata.Name));
    }

    [Fact]
    public void Pick_PodsThatAreNotReady_GoByRestartsAndNotBySinceWhen()
    {
        V1Pod[] pods = [Pod("steady", ready: 10, isReady: false), Pod("restarted", ready: 4000, restarts: 3, isReady: false)];

        Assert.Equal(["restarted"], DeletionOrder.Pick(pods, 1, pods, Now).Select(pod => pod.Metadata.Name));
    }

    [Fact]
    public void Pick_SameRestartsOfTheContainers_LooksAtTheSidecars()
    {
        V1Pod[] pods = [Pod("a", ready: 4000, sidecarRestarts: 1), Pod("b", ready: 4000, sidecarRestarts: 2)];

        Assert.Equal(["b"], DeletionOrder.Pick(pods, 1, pods, Now).Select(pod => pod.Metadata.Name));
    }

    private static V1Pod Pod(string name, string? node = "", string phase = "Running", int? ready = null, int restarts = 0, string? cost = null, bool isReady = true, int sidecarRestarts = 0) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            Uid = name,
            CreationTimestamp = Now.AddSeconds(-6000),
            Annotations = cost is null ? null : new Dictionary<string, string> { ["controller.kubernetes.io/pod-deletion-cost"] = cost },
        },
        Spec = new V1PodSpec { NodeName = node is "" ? $"node-of-{name}" : node, InitContainers = [new V1Container { Name = "s", RestartPolicy = "Always" }] },
        Status = new V1PodStatus
        {
            Phase = phase,
            Conditions = ready is { } seconds ? [new V1PodCondition { Type = "Ready", Status = isReady ? "True" : "False", LastTransitionTime = Now.AddSeconds(-seconds) }] : null,
            ContainerStatuses = [new V1ContainerStatus { Name = "c", RestartCount = restarts }],
            InitContainerStatuses = [new V1ContainerStatus { Name = "s", RestartCount = sidecarRestarts }],
        },
    };
}
