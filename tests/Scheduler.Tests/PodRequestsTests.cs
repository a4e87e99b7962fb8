using k8s.Models;

namespace Coxswain.Scheduler.Tests;

public sealed class PodRequestsTests
{
    [Fact]
    public void Of_InitContainersAndSidecars_TakesTheHighestPoint()
    {
        var pod = new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "p" },
            Spec = new V1PodSpec
            {
                InitContainers = [Container("100m", restart: "Always"), Container("900m"), Container("300m", restart: "Always")],
                Containers = [Container("200m"), Container("100m")],
                Overhead = new Dictionary<string, ResourceQuantity> { ["cpu"] = "50m" },
            },
        };

        Assert.Equal(1050, PodRequests.Of(pod).Cpu); // the init container beside the first sidecar, and the overhead
    }

    [Fact]
    public void ForScoring_NoRequests_CountsDefaults()
    {
        var pod = new V1Pod { Metadata = new V1ObjectMeta { Name = "p" }, Spec = new V1PodSpec { Containers = [new V1Container { Name = "c" }] } };

        Assert.Equal((100, 200L * 1024 * 1024), PodRequests.ForScoring(pod, PodRequests.Of(pod)));
    }

    private static V1Container Container(string cpu, string? restart = null) => new()
    {
        Name = "c",
        RestartPolicy = restart,
        Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = cpu } },
    };
}
