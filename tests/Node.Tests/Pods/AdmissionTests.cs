using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>Pods that came to the node by another way than the scheduler, and that it cannot take.</summary>
public sealed class AdmissionTests
{
    private static async Task IsRejectedAsync(TestNode node, V1Pod pod, string reason, string message)
    {
        await node.CreateAsync(pod);
        var shown = await node.UntilAsync(pod.Metadata.Name, p => p.Status?.Phase == "Failed");
        Assert.Equal((reason, "Pod was rejected: " + message), (shown.Status.Reason, shown.Status.Message));
        Assert.Null(shown.Status.ContainerStatuses);
        await TestNode.UntilAsync(() => node.Events(reason).Any(e => e.InvolvedObject.Name == pod.Metadata.Name));
        Assert.Equal(("Warning", message), (node.Events(reason)[0].Type, node.Events(reason)[0].Message));
        Assert.DoesNotContain(await node.ContainersAsync(), c => c.Labels["io.kubernetes.pod.name"] == pod.Metadata.Name);
    }

    private static V1Pod OnPort(string name, int port, string? ip = null, string protocol = "TCP")
    {
        var pod = TestNode.NewPod(name);
        pod.Spec.Containers[0].Ports = [new V1ContainerPort { ContainerPort = 80, HostPort = port, HostIP = ip, Protocol = protocol }];
        return pod;
    }

    [Theory]
    [InlineData("cpu", "5", "OutOfcpu", "Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000")]
    [InlineData("memory", "9Gi", "OutOfmemory", "Node didn't have enough resource: memory, requested: 9663676416, used: 0, capacity: 8589934592")]
    [InlineData("ephemeral-storage", "200Gi", "OutOfephemeral-storage", "Node didn't have enough resource: ephemeral-storage, requested: 214748364800, used: 0, capacity: 107374182400")]
    public async Task MoreThanTheNodeHas(string resource, string amount, string reason, string message)
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.Containers[0].Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { [resource] = new(amount) } };
        await IsRejectedAsync(node, pod, reason, message);
    }

    [Fact]
    public async Task AnotherNodesPod()
    {
        await using var node = new TestNode().Start();
        var selected = TestNode.NewPod("selected");
        selected.Spec.NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" };
        const string Message = "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector";
        await IsRejectedAsync(node, selected, "NodeAffinity", Message);
        var affine = TestNode.NewPod("affine");
        affine.Spec.Affinity = new V1Affinity
        {
            NodeAffinity = new V1NodeAffinity
            {
                RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector { NodeSelectorTerms = [new V1NodeSelectorTerm { MatchExpressions = [new V1NodeSelectorRequirement { Key = "kubernetes.io/os", OperatorProperty = "NotIn", Values = ["linux"] }] }] },
            },
        };
        await IsRejectedAsync(node, affine, "NodeAffinity", Message);
    }

    [Fact]
    public async Task PodForALabelThatTheNodeHasJustBeenGiven_IsTaken()
    {
        await using var node = new TestNode().Start();
        await node.Agent.Ready.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var self = Kinds.Nodes.Clone(node.Api.Find(Kinds.Nodes, null, TestNode.Name)!);
        self.Metadata.Labels["disk"] = "ssd";
        await node.Api.UpdateAsync(Kinds.Nodes, self, null, TestContext.Current.CancellationToken);
        var pod = TestNode.NewPod("p");
        pod.Spec.NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" };
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady); // and the clock stands still
    }

    [Fact]
    public async Task PortThatIsTaken()
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(OnPort("first", 8080, "127.0.0.1"));
        await node.UntilAsync("first", TestNode.IsReady);
        await IsRejectedAsync(node, OnPort("second", 8080), "NodePorts", "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports");
        foreach (var free in (V1Pod[])[OnPort("udp", 8080, protocol: "UDP"), OnPort("address", 8080, "192.0.2.10"), OnPort("port", 8081)])
        {
            await node.CreateAsync(free);
            await node.UntilAsync(free.Metadata.Name, TestNode.IsReady);
        }
    }

    [Fact]
    public async Task PortOfAPodThatWasForcedAwayAndStillEnds_IsFree()
    {
        await using var node = new TestNode().Start();
        var deaf = TestNode.NewPod("first", "sh", "-c", "sleep 1000");
        deaf.Spec.Containers[0].Ports = OnPort("", 8080).Spec.Containers[0].Ports;
        await node.CreateAsync(deaf);
        await node.UntilAsync("first", TestNode.IsReady);
        await node.Api.DeleteAsync(Kinds.Pods, "default", "first", null, TestContext.Current.CancellationToken);
        await TestNode.UntilAsync(() => node.Events("Killing").Count == 1);
        await node.Api.DeleteAsync(Kinds.Pods, "default", "first", new V1DeleteOptions { GracePeriodSeconds = 0 }, TestContext.Current.CancellationToken);

        await node.CreateAsync(OnPort("second", 8080));
        await node.UntilAsync("second", TestNode.IsReady);
    }

    /// <summary>The API shows a Pod's end before it is back here that it does; who comes in between must not be sent away.</summary>
    [Fact]
    public async Task PortOfAPodThatHasEnded_IsFree()
    {
        await using var node = new TestNode().Start();
        for (var i = 0; i < 10; i++)
        {
            var brief = TestNode.NewPod($"p{i}", "true");
            brief.Spec.RestartPolicy = "Never";
            brief.Spec.Containers[0].Ports = OnPort("", 8080).Spec.Containers[0].Ports;
            await node.CreateAsync(brief);
            Assert.Null((await node.UntilAsync($"p{i}", p => p.Status?.Phase is "Succeeded" or "Failed")).Status.Reason);
        }
    }

    [Theory]
    [InlineData("kernel.msgmax", false, "\"kernel.msgmax\" not allowlisted")]
    [InlineData("net/ipv4/ip_forward", false, "\"net.ipv4.ip_forward\" not allowlisted")]
    [InlineData("net.ipv4.tcp_syncookies", true, "\"net.ipv4.tcp_syncookies\" not allowed with host net enabled")]
    [InlineData("net.ipv4.tcp_syncookies", false, null)]
    [InlineData("kernel.shm_rmid_forced", true, null)]
    public async Task SettingOfTheKernelThatIsNotThePodsAlone(string name, bool hostNetwork, string? forbidden)
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.HostNetwork = hostNetwork;
        pod.Spec.SecurityContext = new V1PodSecurityContext { Sysctls = [new V1Sysctl { Name = name, Value = "1" }] };
        if (forbidden is not null)
        {
            await IsRejectedAsync(node, pod, "SysctlForbidden", $"forbidden sysctl: {forbidden}");
            return;
        }
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
    }
}
