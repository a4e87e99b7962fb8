using Coxswain.Api;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.NodeStatus;

public sealed class NodeReporterTests
{
    [Fact]
    public async Task Node_RegistersReady_WithItsLease()
    {
        await using var node = new TestNode().Start();
        await TestNode.UntilAsync(() => node.Api.Peek(Kinds.Leases, "kube-node-lease", TestNode.Name) is not null);
        var shown = node.Api.Peek(Kinds.Nodes, null, TestNode.Name)!;
        Assert.Equal("node-1", shown.Metadata.Labels["kubernetes.io/hostname"]);
        Assert.Equal(["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"], shown.Status.Conditions.Select(c => c.Type));
        var ready = shown.Status.Conditions[^1];
        Assert.Equal(("True", "KubeletReady", "kubelet is posting ready status"), (ready.Status, ready.Reason, ready.Message));
        Assert.Equal([("InternalIP", "192.0.2.10"), ("Hostname", "node-1")], shown.Status.Addresses.Select(a => (a.Type, a.Address)));
        Assert.Equal("simulated://1.0", shown.Status.NodeInfo.ContainerRuntimeVersion);
        Assert.Equal("10.42.0.0/24", shown.Spec.PodCIDR);
        var lease = node.Api.Peek(Kinds.Leases, "kube-node-lease", TestNode.Name)!;
        Assert.Equal((40, "node-1", shown.Metadata.Uid), (lease.Spec.LeaseDurationSeconds, lease.Spec.HolderIdentity, lease.Metadata.OwnerReferences[0].Uid));
        await TestNode.UntilAsync(() => node.Events("NodeReady").Count == 1);
        Assert.Equal("Node node-1 status is now: NodeReady", node.Events("NodeReady")[0].Message);
    }

    [Fact]
    public async Task Lease_IsRenewed_AndTheNodeIsLeftAlone()
    {
        await using var node = new TestNode().Start();
        await TestNode.UntilAsync(() => node.Api.Peek(Kinds.Leases, "kube-node-lease", TestNode.Name) is not null);
        var before = node.Api.Peek(Kinds.Leases, "kube-node-lease", TestNode.Name)!.Spec.RenewTime;
        await node.AdvanceUntilAsync(() => node.Api.Peek(Kinds.Leases, "kube-node-lease", TestNode.Name)!.Spec.RenewTime >= before!.Value.AddSeconds(30), TimeSpan.FromSeconds(40));
        Assert.DoesNotContain(node.Api.Calls, c => c.StartsWith("update nodes", StringComparison.Ordinal)); // every five minutes only
    }

    [Fact]
    public async Task Node_KnownFromBefore_KeepsWhatOthersWrote()
    {
        await using var node = new TestNode();
        var old = Kinds.Nodes.New(null, TestNode.Name);
        old.Metadata.Labels = new Dictionary<string, string> { ["mine"] = "yes" };
        old.Spec = new V1NodeSpec { Unschedulable = true };
        await node.Api.CreateAsync(Kinds.Nodes, old, TestContext.Current.CancellationToken);
        node.Start();
        await TestNode.UntilAsync(() => node.Api.Peek(Kinds.Nodes, null, TestNode.Name)!.Status?.Conditions?.Count == 4);
        var shown = node.Api.Peek(Kinds.Nodes, null, TestNode.Name)!;
        Assert.Equal(("yes", "linux", true), (shown.Metadata.Labels["mine"], shown.Metadata.Labels["kubernetes.io/os"], shown.Spec.Unschedulable));
    }
}
