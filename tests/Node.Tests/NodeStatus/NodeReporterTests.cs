using Coxswain.Api;
using Coxswain.Node.Images;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.NodeStatus;

public sealed class NodeReporterTests
{
    [Fact]
    public async Task Node_RegistersReady_WithItsLease()
    {
        await using var node = new TestNode().Start();
        await TestNode.UntilAsync(() => node.Api.Find(Kinds.Leases, "kube-node-lease", TestNode.Name) is not null);
        var shown = node.Api.Find(Kinds.Nodes, null, TestNode.Name)!;
        Assert.Equal("node-1", shown.Metadata.Labels["kubernetes.io/hostname"]);
        Assert.Equal(["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"], shown.Status.Conditions.Select(c => c.Type));
        var ready = shown.Status.Conditions[^1];
        Assert.Equal(("True", "KubeletReady", "kubelet is posting ready status"), (ready.Status, ready.Reason, ready.Message));
        Assert.Equal([("InternalIP", "192.0.2.10"), ("Hostname", "node-1")], shown.Status.Addresses.Select(a => (a.Type, a.Address)));
        Assert.Equal("simulated://1.0", shown.Status.NodeInfo.ContainerRuntimeVersion);
        Assert.Equal("10.42.0.0/24", shown.Spec.PodCIDR);
        var lease = node.Api.Find(Kinds.Leases, "kube-node-lease", TestNode.Name)!;
        Assert.Equal((40, "node-1", shown.Metadata.Uid), (lease.Spec.LeaseDurationSeconds, lease.Spec.HolderIdentity, lease.Metadata.OwnerReferences[0].Uid));
        await TestNode.UntilAsync(() => node.Events("NodeReady").Count == 1);
        Assert.Equal("Node node-1 status is now: NodeReady", node.Events("NodeReady")[0].Message);
    }

    [Fact]
    public async Task Lease_IsRenewed_AndTheNodeIsLeftAlone()
    {
        await using var node = new TestNode().Start();
        await TestNode.UntilAsync(() => node.Api.Find(Kinds.Leases, "kube-node-lease", TestNode.Name) is not null);
        var before = node.Api.Find(Kinds.Leases, "kube-node-lease", TestNode.Name)!.Spec.RenewTime;
        await node.AdvanceUntilAsync(() => node.Api.Find(Kinds.Leases, "kube-node-lease", TestNode.Name)!.Spec.RenewTime >= before!.Value.AddSeconds(30), TimeSpan.FromSeconds(40));
        Assert.DoesNotContain(node.Api.Writes, c => c.StartsWith("update nodes", StringComparison.Ordinal)); // every five minutes only
    }

    [Fact]
    public async Task Node_HasEveryFieldOfItsStatus()
    {
        await using var node = new TestNode();
        node.Simulated.AddImage("nginx:1.27");
        node.Start();
        await TestNode.UntilAsync(() => node.Api.Find(Kinds.Nodes, null, TestNode.Name) is not null);
        var status = node.Api.Find(Kinds.Nodes, null, TestNode.Name)!.Status;
        Assert.Equal(("4", "8Gi", "100Gi", "110"), (status.Capacity["cpu"].ToString(), status.Capacity["memory"].ToString(), status.Capacity["ephemeral-storage"].ToString(), status.Capacity["pods"].ToString()));
        Assert.Equal(status.Capacity.Keys.Order(), status.Allocatable.Keys.Order());
        Assert.All(status.Allocatable, a => Assert.True(a.Value.ToDecimal() <= status.Capacity[a.Key].ToDecimal()));
        Assert.Equal(
            [("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"), ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
             ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"), ("Ready", "True", "KubeletReady", "kubelet is posting ready status")],
            status.Conditions.Select(c => (c.Type, c.Status, c.Reason, c.Message)));
        Assert.All(status.Conditions, c => Assert.Equal((node.Time.GetUtcNow().UtcDateTime, node.Time.GetUtcNow().UtcDateTime), (c.LastHeartbeatTime, c.LastTransitionTime)));
        var info = status.NodeInfo;
        Assert.Equal(("v1.36.0", "linux", ""), (info.KubeletVersion, info.OperatingSystem, info.KubeProxyVersion));
        Assert.Equal((await File.ReadAllTextAsync("/proc/sys/kernel/osrelease", TestContext.Current.CancellationToken)).Trim(), info.KernelVersion);
        Assert.Equal((await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id", TestContext.Current.CancellationToken)).Trim(), info.BootID);
        Assert.Contains(info.Architecture, (string[])["amd64", "arm64"]);
        Assert.NotEqual("", info.OsImage);
        Assert.Equal(10250, status.DaemonEndpoints.KubeletEndpoint.Port);
        var handler = Assert.Single(status.RuntimeHandlers);
        Assert.Equal(("", true, false), (handler.Name, handler.Features.RecursiveReadOnlyMounts, handler.Features.UserNamespaces));
        Assert.Null(status.Features); // this runtime does not say
        var image = Assert.Single(status.Images);
        Assert.Contains("docker.io/library/nginx:1.27", image.Names);
        Assert.Equal(10_000_000, image.SizeBytes);
    }

    [Fact]
    public async Task Ready_IsWhatThisAgentSaid_NotOneBeforeIt()
    {
        await using var node = new TestNode().Start();
        await node.Agent.Ready.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await node.KillAsync();
        node.Time.Advance(TimeSpan.FromSeconds(1));
        var (refuse, tries) = (true, 0);
        node.Api.Fault = (verb, resource, _) =>
        {
            if (verb != "update" || resource != "nodes" || !Volatile.Read(ref refuse)) return;
            Interlocked.Increment(ref tries);
            throw ApiErrors.Internal("not now");
        };
        node.Start();
        await node.AdvanceUntilAsync(() => Volatile.Read(ref tries) > 1, TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(50));
        Assert.Equal("True", node.Api.Find(Kinds.Nodes, null, TestNode.Name)!.Status.Conditions[^1].Status); // so the first agent said
        Assert.False(node.Agent.Ready.IsCompleted);
        Volatile.Write(ref refuse, false);
        await node.AdvanceUntilAsync(() => node.Agent.Ready.IsCompleted, TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(50));
        Assert.True(node.Api.Find(Kinds.Nodes, null, TestNode.Name)!.Status.Conditions[^1].LastHeartbeatTime > new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
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
        await TestNode.UntilAsync(() => node.Api.Find(Kinds.Nodes, null, TestNode.Name)!.Status?.Conditions?.Count == 4);
        var shown = node.Api.Find(Kinds.Nodes, null, TestNode.Name)!;
        Assert.Equal(("yes", "linux", true), (shown.Metadata.Labels["mine"], shown.Metadata.Labels["kubernetes.io/os"], shown.Spec.Unschedulable));
    }

    [Fact]
    public async Task Node_TellsHowItStarts()
    {
        await using var node = new TestNode().Start();
        await TestNode.UntilAsync(() => node.Events("NodeReady").Count == 1);
        string[] first = ["Starting", "NodeHasSufficientMemory", "NodeHasNoDiskPressure", "NodeHasSufficientPID", "NodeAllocatableEnforced"];
        Assert.Equal(
            ["Starting kubelet.", "Node node-1 status is now: NodeHasSufficientMemory", "Node node-1 status is now: NodeHasNoDiskPressure", "Node node-1 status is now: NodeHasSufficientPID",
             "Updated Node Allocatable limit across pods"],
            first.Select(reason => Assert.Single(node.Events(reason)).Message));
        Assert.All(first, reason => Assert.Equal(("Normal", "Node", "node-1", "kubelet"), (node.Events(reason)[0].Type, node.Events(reason)[0].InvolvedObject.Kind, node.Events(reason)[0].InvolvedObject.Uid, node.Events(reason)[0].Source.Component)));
    }

    [Fact]
    public async Task Cordon_AndItsEnd_AreTold()
    {
        await using var node = new TestNode().Start();
        await node.Agent.Ready.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await CordonAsync(true);
        await node.AdvanceUntilAsync(() => node.Events("NodeNotSchedulable").Count == 1, TimeSpan.FromSeconds(15));
        await CordonAsync(false);
        await node.AdvanceUntilAsync(() => node.Events("NodeSchedulable").Count == 1, TimeSpan.FromSeconds(15));
        Assert.Equal("Node node-1 status is now: NodeNotSchedulable", node.Events("NodeNotSchedulable")[0].Message);
        Assert.Equal("Node node-1 status is now: NodeSchedulable", node.Events("NodeSchedulable")[0].Message);

        async Task CordonAsync(bool cordoned)
        {
            var shown = Kinds.Nodes.Clone(node.Api.Find(Kinds.Nodes, null, TestNode.Name)!);
            shown.Metadata.ResourceVersion = null; // the agent may write meanwhile
            shown.Spec.Unschedulable = cordoned ? true : null;
            await node.Api.UpdateAsync(Kinds.Nodes, shown, null, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Node_OfAnEarlierBoot_HasBeenRebooted()
    {
        await using var node = new TestNode();
        var old = Kinds.Nodes.New(null, TestNode.Name);
        old.Status = new V1NodeStatus { NodeInfo = new V1NodeSystemInfo { BootID = "an-earlier-one" } };
        await node.Api.CreateAsync(Kinds.Nodes, old, TestContext.Current.CancellationToken);
        node.Start();
        await TestNode.UntilAsync(() => node.Events("Rebooted").Count == 1);
        var boot = (await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id", TestContext.Current.CancellationToken)).Trim();
        Assert.Equal(("Warning", $"Node node-1 has been rebooted, boot id: {boot}"), (node.Events("Rebooted")[0].Type, node.Events("Rebooted")[0].Message));
    }

    [Fact]
    public async Task WhatOthersWroteOverIt_IsPutRightAtTheNextHeartbeat()
    {
        await using var node = new TestNode().Start();
        await node.Agent.Ready.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        // As the node controller does once heartbeats have stayed away for too long.
        var shown = Kinds.Nodes.Clone(node.Api.Find(Kinds.Nodes, null, TestNode.Name)!);
        (shown.Status.Conditions[^1].Status, shown.Status.Conditions[^1].Reason) = ("Unknown", "NodeStatusUnknown");
        await node.Api.UpdateAsync(Kinds.Nodes, shown, "status", TestContext.Current.CancellationToken);
        await node.AdvanceUntilAsync(() => node.Api.Find(Kinds.Nodes, null, TestNode.Name)!.Status.Conditions[^1] is { Status: "True", Reason: "KubeletReady" }, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Images_AreShownWhenTheyComeAndGo()
    {
        await using var node = new TestNode().Start();
        await node.Agent.Ready.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        IEnumerable<string> Names() => (node.Api.Find(Kinds.Nodes, null, TestNode.Name)!.Status.Images ?? []).SelectMany(i => i.Names);
        using var archive = new MemoryStream();
        await OciArchive.WriteAsync(archive, "imported:2", new ImageSettings { Command = ["/x"] }, [new ImageLayer().AddFile("x", [1]).ToTar()], TestContext.Current.CancellationToken);
        archive.Position = 0;
        await node.Simulated.ImportImagesAsync(archive, TestContext.Current.CancellationToken);
        await TestNode.UntilAsync(() => Names().Contains("docker.io/library/imported:2"));
        await node.Simulated.RemoveImageAsync("imported:2", TestContext.Current.CancellationToken);
        await TestNode.UntilAsync(() => !Names().Any());
    }
    [Fact]
    public async Task Images_ThatCameBeforeAnyoneListened_AreShownOnceSomeoneDoes()
    {
        await using var node = new TestNode();
        // The agent listens to the runtime once it knows its Pods: the list of those is held back.
        node.Api.Fault = (verb, resource, _) => { if ((verb, resource) == ("list", "pods")) throw new HttpRequestException("not yet"); };
        node.Start();
        await node.Agent.Ready.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await TestNode.UntilAsync(() => node.Events("NodeReady").Count == 1);
        node.Simulated.AddImage("early:1");
        node.Api.Fault = null;
        await node.AdvanceUntilAsync(() => (node.Api.Find(Kinds.Nodes, null, TestNode.Name)!.Status.Images ?? []).SelectMany(i => i.Names).Contains("docker.io/library/early:1"), TimeSpan.FromSeconds(20));
    }

    /// <summary>The runtime tells of an image a moment before it lists it: each is looked for twice, however they come.</summary>
    [Fact]
    public async Task ImageToldOfWhileOthersAreListed_IsLookedForTwice()
    {
        await using var simulated = new SimulatedRuntime(TimeProvider.System);
        var (runtime, lists) = (FailingRuntime.Around(simulated), 0);
        var check = new Coxswain.Node.NodeStatus.RuntimeCheck(runtime.Runtime, new RuntimeVersion("r", "1", "v1"), TimeSpan.FromHours(1), TimeProvider.System);
        runtime.Images = () =>
        {
            if (++lists == 2) check.ImagesChanged(); // the second image
            return lists < 4 ? [] : [new ImageInfo { Id = "second" }];
        };
        await check.AskAsync(TestContext.Current.CancellationToken);
        check.ImagesChanged(); // the first
        for (var i = 0; i < 3; i++) await check.AskAsync(TestContext.Current.CancellationToken);
        Assert.Single(check.View.Images);
        await check.AskAsync(TestContext.Current.CancellationToken);
        Assert.Equal(4, lists); // and no more
    }
}
