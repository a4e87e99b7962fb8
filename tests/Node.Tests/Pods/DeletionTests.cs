using Coxswain.Api;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>A Pod can be deleted in any of its states, and always ends.</summary>
public sealed class DeletionTests
{
    private static async Task DeleteAndWaitAsync(TestNode node, TimeSpan atMost)
    {
        await node.Api.DeleteAsync(Kinds.Pods, "default", "p", null, TestContext.Current.CancellationToken);
        await node.AdvanceUntilAsync(() => node.Pod("p") is null && node.Simulated.ListSandboxesAsync(null, default).Result.Count == 0, atMost);
        Assert.Empty(await node.ContainersAsync());
    }

    [Fact]
    public async Task WhileTheSandboxIsMade()
    {
        await using var node = new TestNode(new Simulation { SandboxTime = TimeSpan.FromHours(1) }).Start();
        await node.CreateAsync(TestNode.NewPod("p"));
        await node.UntilAsync("p", p => p.Status?.Phase == "Pending");
        await DeleteAndWaitAsync(node, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task WhileTheImageIsPulled()
    {
        await using var node = new TestNode(new Simulation { PullTime = TimeSpan.FromHours(1) }).Start();
        await node.CreateAsync(TestNode.NewPod("p"));
        await TestNode.UntilAsync(() => node.Events("Pulling").Count == 1);
        await DeleteAndWaitAsync(node, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task WhileItWaitsForAVolume()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.Volumes = [new V1Volume { Name = "v", Secret = new V1SecretVolumeSource { SecretName = "none" } }];
        pod.Spec.Containers[0].VolumeMounts = [new V1VolumeMount { Name = "v", MountPath = "/v" }];
        await node.CreateAsync(pod);
        await TestNode.UntilAsync(() => node.Events("FailedMount").Count == 1);
        await DeleteAndWaitAsync(node, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task WhileItBacksOff()
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(TestNode.NewPod("p", "false"));
        await node.UntilAsync("p", p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == "CrashLoopBackOff");
        await DeleteAndWaitAsync(node, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task WhileAnInitContainerRuns()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.InitContainers = [new V1Container { Name = "init", Image = "busybox" }];
        await node.CreateAsync(pod);
        await node.UntilAsync("p", p => p.Status?.InitContainerStatuses?[0].State?.Running is not null);
        await DeleteAndWaitAsync(node, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task WhileTheContainerIsStarted()
    {
        await using var node = new TestNode(new Simulation { StartTime = TimeSpan.FromHours(1) }).Start();
        await node.CreateAsync(TestNode.NewPod("p"));
        await TestNode.UntilAsync(() => node.Events("Created").Count == 1);
        await DeleteAndWaitAsync(node, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task WhileAPostStartHookRuns()
    {
        await using var node = new TestNode(new Simulation { Exec = (_, _, _) => new SimulatedProcess { RunsFor = null } }).Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.Containers[0].Lifecycle = new V1Lifecycle { PostStart = new V1LifecycleHandler { Exec = new V1ExecAction { Command = ["wait"] } } };
        await node.CreateAsync(pod);
        await TestNode.UntilAsync(() => node.Events("Started").Count == 1);
        await DeleteAndWaitAsync(node, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task WhileItsProbesHang()
    {
        await using var node = new TestNode(new Simulation { Exec = (_, _, _) => new SimulatedProcess { RunsFor = null } }).Start();
        var pod = TestNode.NewPod("p");
        var probe = new V1Probe { Exec = new V1ExecAction { Command = ["wait"] }, TimeoutSeconds = 3600, PeriodSeconds = 1, FailureThreshold = 1, SuccessThreshold = 1 };
        (pod.Spec.Containers[0].LivenessProbe, pod.Spec.Containers[0].ReadinessProbe) = (probe, probe);
        await node.CreateAsync(pod);
        await node.UntilAsync("p", p => p.Status?.ContainerStatuses?[0].State?.Running is not null);
        await DeleteAndWaitAsync(node, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task WhileItsPreStopHookHangs_EndsWithTheGracePeriod()
    {
        await using var node = new TestNode(new Simulation { Exec = (_, _, _) => new SimulatedProcess { RunsFor = null } }).Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.TerminationGracePeriodSeconds = 20;
        pod.Spec.Containers[0].Lifecycle = new V1Lifecycle { PreStop = new V1LifecycleHandler { Exec = new V1ExecAction { Command = ["wait"] } } };
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        await DeleteAndWaitAsync(node, TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task WhileItsImageIsBackedOff()
    {
        await using var node = new TestNode(new Simulation { Pull = _ => new RuntimeException(RuntimeErrorCode.Unknown, "nowhere") }).Start();
        await node.CreateAsync(TestNode.NewPod("p"));
        await node.AdvanceUntilAsync(() => node.Pod("p")!.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == "ImagePullBackOff", TimeSpan.FromSeconds(60));
        await DeleteAndWaitAsync(node, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task AfterItHasEnded()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("p", "true");
        pod.Spec.RestartPolicy = "Never";
        await node.CreateAsync(pod);
        await node.UntilAsync("p", p => p.Status?.Phase == "Succeeded");
        await DeleteAndWaitAsync(node, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task WithAPreStopHook_RunsItOnceFirst()
    {
        var hooks = 0;
        var simulation = new Simulation { Exec = (_, _, _) => { Interlocked.Increment(ref hooks); return new SimulatedProcess { RunsFor = TimeSpan.Zero, ExitCode = 1 }; } };
        await using var node = new TestNode(simulation).Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.Containers[0].Lifecycle = new V1Lifecycle { PreStop = new V1LifecycleHandler { Exec = new V1ExecAction { Command = ["bye"] } } };
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        await DeleteAndWaitAsync(node, TimeSpan.FromSeconds(5));
        Assert.Equal(1, hooks);
        await TestNode.UntilAsync(() => node.Events("FailedPreStopHook").Count == 1);
    }

    [Fact]
    public async Task AgainWithLessGrace_EndsSooner()
    {
        var simulation = new Simulation { Run = _ => new SimulatedProcess { ExitCodeOnStop = null } };
        await using var node = new TestNode(simulation).Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.TerminationGracePeriodSeconds = 3600;
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        await node.Api.DeleteAsync(Kinds.Pods, "default", "p", null, TestContext.Current.CancellationToken);
        await TestNode.UntilAsync(() => node.Events("Killing").Count == 1);
        await node.Api.DeleteAsync(Kinds.Pods, "default", "p", new V1DeleteOptions { GracePeriodSeconds = 2 }, TestContext.Current.CancellationToken);
        await node.AdvanceUntilAsync(() => node.Pod("p") is null, TimeSpan.FromSeconds(30));
    }
}
