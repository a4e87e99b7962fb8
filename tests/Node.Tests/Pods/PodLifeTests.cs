using System.Net;
using Coxswain.Api;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

public sealed class PodLifeTests
{
    [Fact]
    public async Task Pod_BoundToNode_BecomesReady()
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(TestNode.NewPod("web", "sleep", "infinity"));
        var pod = await node.UntilAsync("web", TestNode.IsReady);
        Assert.Equal("Running", pod.Status.Phase);
        Assert.Equal("192.0.2.10", pod.Status.HostIP);
        Assert.StartsWith("10.42.0.", pod.Status.PodIP, StringComparison.Ordinal);
        Assert.Equal("BestEffort", pod.Status.QosClass);
        Assert.Equal(1, pod.Status.ObservedGeneration);
        Assert.Equal(["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"], pod.Status.Conditions.Select(c => c.Type));
        var status = Assert.Single(pod.Status.ContainerStatuses);
        Assert.True(status is { Ready: true, Started: true, RestartCount: 0, State.Running: not null });
        Assert.StartsWith("simulated://", status.ContainerID, StringComparison.Ordinal);
        await TestNode.UntilAsync(() => node.Events("Started").Count == 1);
        Assert.Equal(["Pulling", "Pulled", "Created", "Started"], node.Api.All(Kinds.Events).Where(e => e.InvolvedObject.Kind == "Pod").OrderBy(e => long.Parse(e.Metadata.ResourceVersion, null)).Select(e => e.Reason));
        Assert.Equal("spec.containers{c}", node.Events("Started")[0].InvolvedObject.FieldPath);
    }

    /// <summary>It tells before it has noted, and with a slow disk long before: who looks at once sees the old state, and nothing more is told.</summary>
    [Fact]
    public async Task End_ThatTheRuntimeShowsLongAfterItToldOfIt_IsSeen()
    {
        await using var node = new TestNode(configure: o => o with { ResyncPeriod = TimeSpan.FromHours(1) });
        var runtime = FailingRuntime.Around(node.Simulated);
        node.Runtime = runtime.Runtime;
        node.Start();
        await node.CreateAsync(TestNode.NewPod("p"));
        await node.UntilAsync("p", TestNode.IsReady);
        var (before, looks) = ((await node.Simulated.GetContainerAsync((await node.ContainersAsync())[0].Id, TestContext.Current.CancellationToken))!, 0);
        runtime.Container = now =>
        {
            if (now.Id == before.Id) Interlocked.Increment(ref looks);
            return now.Id == before.Id ? before : now;
        };
        node.Simulated.KillContainer(before.Id);
        await TestNode.UntilAsync(() => Volatile.Read(ref looks) > 0);
        runtime.Container = null;
        await node.AdvanceUntilAsync(() => node.Pod("p")!.Status.ContainerStatuses[0].RestartCount == 1, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(250));
    }

    [Fact]
    public async Task OutOfMemory_ThatTheRuntimeShowsLongAfterItToldOfIt_IsSeen()
    {
        await using var node = new TestNode(new Simulation { Run = _ => new SimulatedProcess { RunsFor = TimeSpan.Zero, OutOfMemory = true } }, o => o with { ResyncPeriod = TimeSpan.FromHours(1) });
        var (runtime, looks) = (FailingRuntime.Around(node.Simulated), 0);
        runtime.Container = now =>
        {
            if (now.Reason == ContainerStatus.OutOfMemory) Interlocked.Increment(ref looks);
            return now.Reason == ContainerStatus.OutOfMemory ? now with { Reason = "Error" } : now;
        };
        node.Runtime = runtime.Runtime;
        node.Start();
        var pod = TestNode.NewPod("greedy");
        pod.Spec.RestartPolicy = "Never";
        await node.CreateAsync(pod);
        await node.UntilAsync("greedy", p => p.Status?.Phase == "Failed");
        await node.AdvanceUntilAsync(() => Volatile.Read(ref looks) > 0, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(1)); // told of a moment after the end
        runtime.Container = null;
        await node.AdvanceUntilAsync(() => node.Pod("greedy")!.Status.ContainerStatuses[0].State.Terminated.Reason == "OOMKilled", TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(250));
    }

    [Fact]
    public async Task PullSecrets_ThatAreNotThere_AreTold()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("p");
        (pod.Spec.Containers[0].ImagePullPolicy, pod.Spec.ImagePullSecrets) = ("Always", [new V1LocalObjectReference { Name = "one" }, new V1LocalObjectReference { Name = "two" }]);
        await node.CreateAsync(pod);
        await node.UntilAsync("p", TestNode.IsReady);
        await TestNode.UntilAsync(() => node.Events("FailedToRetrieveImagePullSecret").Count == 1);
        var told = node.Events("FailedToRetrieveImagePullSecret")[0];
        Assert.Equal(("Warning", "Unable to retrieve some image pull secrets (one, two); attempting to pull the image may not succeed."), (told.Type, told.Message));
    }

    [Fact]
    public async Task Pod_OutOfMemory_SaysSo_AlsoWhenTheReasonComesAfterTheEnd()
    {
        await using var node = new TestNode(new Simulation { Run = _ => new SimulatedProcess { RunsFor = TimeSpan.Zero, OutOfMemory = true } }).Start();
        var greedy = TestNode.NewPod("greedy");
        greedy.Spec.RestartPolicy = "Never";
        await node.CreateAsync(greedy);
        var early = (await node.UntilAsync("greedy", p => p.Status?.Phase == "Failed")).Status.ContainerStatuses[0].State.Terminated;
        Assert.Equal(("Error", 137), (early.Reason, early.ExitCode));

        node.Time.Advance(TimeSpan.FromMilliseconds(1));
        var late = await node.UntilAsync("greedy", p => p.Status.ContainerStatuses[0].State.Terminated.Reason == "OOMKilled");
        Assert.Equal(early.FinishedAt, late.Status.ContainerStatuses[0].State.Terminated.FinishedAt);
    }

    [Fact]
    public async Task Pod_ThatEndsWithNever_FailsWithItsExitCode()
    {
        await using var node = new TestNode().Start();
        var once = TestNode.NewPod("once", "sh", "-c", "exit 3");
        once.Spec.RestartPolicy = "Never";
        await node.CreateAsync(once);
        var pod = await node.UntilAsync("once", p => p.Status?.Phase == "Failed" && p.Status.Conditions.Any(c => c is { Type: "PodReadyToStartContainers", Status: "False" }));
        Assert.Equal(3, pod.Status.ContainerStatuses[0].State.Terminated.ExitCode);
        Assert.Equal("Error", pod.Status.ContainerStatuses[0].State.Terminated.Reason);
        Assert.Equal("PodFailed", pod.Status.Conditions.Single(c => c.Type == "Ready").Reason);
        Assert.Equal("True", pod.Status.Conditions.Single(c => c.Type == "Initialized").Status);
        Assert.NotNull(pod.Status.PodIP); // what it was stays to be seen
    }

    [Fact]
    public async Task Pod_ThatSucceeds_IsCompleted()
    {
        await using var node = new TestNode().Start();
        var once = TestNode.NewPod("job", "true");
        once.Spec.RestartPolicy = "OnFailure";
        await node.CreateAsync(once);
        var pod = await node.UntilAsync("job", p => p.Status?.Phase == "Succeeded");
        Assert.Equal("PodCompleted", pod.Status.Conditions.Single(c => c.Type == "Ready").Reason);
        Assert.Equal("PodCompleted", pod.Status.Conditions.Single(c => c.Type == "Initialized").Reason);
        Assert.Equal("Completed", pod.Status.ContainerStatuses[0].State.Terminated.Reason);
    }

    [Fact]
    public async Task CrashingContainer_BacksOffInUpstreamsWords_AndRestarts()
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(TestNode.NewPod("crash", "sh", "-c", "sleep 1; exit 1"));
        await node.AdvanceUntilAsync(() => node.Pod("crash")?.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == "CrashLoopBackOff", TimeSpan.FromSeconds(6));
        var pod = node.Pod("crash")!;
        var status = pod.Status.ContainerStatuses[0];
        Assert.Equal($"back-off 10s restarting failed container=c pod=crash_default({pod.Metadata.Uid})", status.State.Waiting.Message);
        Assert.Equal(1, status.RestartCount); // the first restart comes at once
        Assert.Equal(1, status.LastState.Terminated.ExitCode);
        Assert.Equal("Running", pod.Status.Phase);
        Assert.Equal("containers with unready status: [c]", pod.Status.Conditions.Single(c => c.Type == "ContainersReady").Message);
        await TestNode.UntilAsync(() => node.Events("BackOff").Count == 1);
        Assert.Equal($"Back-off restarting failed container c in pod crash_default({pod.Metadata.Uid})", node.Events("BackOff")[0].Message);
        await node.AdvanceUntilAsync(() => node.Pod("crash")?.Status?.ContainerStatuses?[0].State?.Waiting?.Message?.StartsWith("back-off 20s", StringComparison.Ordinal) == true, TimeSpan.FromSeconds(20));
        Assert.Equal(2, node.Pod("crash")!.Status.ContainerStatuses[0].RestartCount);
        Assert.True((await node.ContainersAsync()).Count <= 2); // older ones are cleaned up
    }

    [Fact]
    public async Task DeletedPod_IsStoppedThenGone()
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(TestNode.NewPod("web", "sleep", "infinity"));
        await node.UntilAsync("web", TestNode.IsReady);
        await node.Api.DeleteAsync(Kinds.Pods, "default", "web", null, TestContext.Current.CancellationToken);
        // The shell ignores SIGTERM as a real one does: SIGKILL comes when the grace period is over.
        await node.AdvanceUntilAsync(() => node.Pod("web") is null, TimeSpan.FromSeconds(40));
        await TestNode.UntilAsync(() => node.Simulated.ListSandboxesAsync(null, default).Result.Count == 0);
        Assert.Empty(await node.ContainersAsync());
        await TestNode.UntilAsync(() => node.Events("Killing").Count == 1);
        Assert.Equal("Stopping container c", node.Events("Killing")[0].Message);
        Assert.Contains(node.Api.Writes, c => c == "delete pods web 0");
    }

    [Fact]
    public async Task ForceDeletedPod_IsStoppedAndRemoved()
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(TestNode.NewPod("web"));
        await node.UntilAsync("web", TestNode.IsReady);
        await node.Api.DeleteAsync(Kinds.Pods, "default", "web", new V1DeleteOptions { GracePeriodSeconds = 0 }, TestContext.Current.CancellationToken);
        await TestNode.UntilAsync(() => node.Simulated.ListSandboxesAsync(null, default).Result.Count == 0);
    }

    [Fact]
    public async Task InitContainers_RunInOrderBeforeTheOthers()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("init", "sleep", "infinity");
        pod.Spec.InitContainers =
        [
            new V1Container { Name = "first", Image = "busybox", Command = ["sh", "-c", "sleep 5"] },
            new V1Container { Name = "second", Image = "busybox", Command = ["true"] },
        ];
        await node.CreateAsync(pod);
        var waiting = await node.UntilAsync("init", p => p.Status?.InitContainerStatuses?[0].State?.Running is not null);
        Assert.Equal("Pending", waiting.Status.Phase);
        Assert.Equal("PodInitializing", waiting.Status.ContainerStatuses[0].State.Waiting.Reason);
        var condition = waiting.Status.Conditions.Single(c => c.Type == "Initialized");
        Assert.Equal(("False", "ContainersNotInitialized", "containers with incomplete status: [first second]"), (condition.Status, condition.Reason, condition.Message));
        await node.AdvanceUntilAsync(() => TestNode.IsReady(node.Pod("init")!), TimeSpan.FromSeconds(10));
        var names = (await node.ContainersAsync()).OrderBy(c => c.CreatedAt).Select(c => c.Name).ToList();
        Assert.Equal(["first", "second", "c"], names);
        Assert.True(node.Pod("init")!.Status.InitContainerStatuses.All(s => s is { Ready: true, State.Terminated.Reason: "Completed" }));
    }

    [Fact]
    public async Task FailingInitContainer_WithNever_FailsThePod()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("init", "sleep", "infinity");
        pod.Spec.RestartPolicy = "Never";
        pod.Spec.InitContainers = [new V1Container { Name = "first", Image = "busybox", Command = ["false"] }];
        await node.CreateAsync(pod);
        await node.UntilAsync("init", p => p.Status?.Phase == "Failed");
        Assert.DoesNotContain(await node.ContainersAsync(), c => c.Name == "c");
    }

    [Fact]
    public async Task ImageThatCannotBePulled_ShowsErrImagePullThenBackOff_AndRecovers()
    {
        var broken = true;
        var simulation = new Simulation { Pull = image => broken ? new RuntimeException(RuntimeErrorCode.NotFound, $"failed to pull and unpack image \"{image}\": not found") : null };
        await using var node = new TestNode(simulation).Start();
        await node.CreateAsync(TestNode.NewPod("web"));
        var first = await node.UntilAsync("web", p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason is "ErrImagePull" or "ImagePullBackOff");
        Assert.Equal("Pending", first.Status.Phase);
        await node.AdvanceUntilAsync(() => node.Pod("web")!.Status.ContainerStatuses[0].State.Waiting.Reason == "ImagePullBackOff", TimeSpan.FromSeconds(3));
        Assert.StartsWith("Back-off pulling image \"docker.io/library/busybox:latest\": ErrImagePull: rpc error: code = NotFound desc = failed to pull", node.Pod("web")!.Status.ContainerStatuses[0].State.Waiting.Message, StringComparison.Ordinal);
        await TestNode.UntilAsync(() => node.Events("Failed").Any(e => e.Message == "Error: ErrImagePull") && node.Events("Failed").Any(e => e.Message.StartsWith("Failed to pull image", StringComparison.Ordinal)));
        broken = false;
        await node.AdvanceUntilAsync(() => TestNode.IsReady(node.Pod("web")!), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task ImageThatCannotBePulled_IsTriedWithPausesThatDouble()
    {
        var pulls = new List<DateTimeOffset>();
        TestNode? pulling = null;
        await using var node = pulling = new TestNode(new Simulation
        {
            Pull = image =>
            {
                lock (pulls) pulls.Add(pulling!.Time.GetUtcNow());
                return new RuntimeException(RuntimeErrorCode.NotFound, "not found");
            },
        });
        node.Start();
        await node.CreateAsync(TestNode.NewPod("web"));
        await node.AdvanceUntilAsync(() => { lock (pulls) return pulls.Count >= 5; }, TimeSpan.FromMinutes(5));
        // The clock may have run ahead of the agent: later than that, never sooner.
        int[] least = [10, 20, 40, 80];
        Assert.All(least, (seconds, i) => Assert.True(pulls[i + 1] - pulls[i] >= TimeSpan.FromSeconds(seconds), $"{i}: {pulls[i + 1] - pulls[i]}"));
    }

    [Theory]
    [InlineData("Never", "none.such/image:1", "ErrImageNeverPull", "Container image \"none.such/image:1\" is not present with pull policy of Never")]
    [InlineData("IfNotPresent", "Bad:::Name", "InvalidImageName", "Failed to apply default image tag \"Bad:::Name\": couldn't parse image name \"Bad:::Name\": invalid reference format: repository name (library/Bad) must be lowercase")]
    public async Task ImageThatIsNotToBeHad_SaysWhy(string policy, string image, string reason, string message)
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("web");
        (pod.Spec.Containers[0].Image, pod.Spec.Containers[0].ImagePullPolicy) = (image, policy);
        await node.CreateAsync(pod);
        var shown = await node.UntilAsync("web", p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == reason);
        Assert.Equal(message, shown.Status.ContainerStatuses[0].State.Waiting.Message);
        await TestNode.UntilAsync(() => node.Events(reason == "InvalidImageName" ? "InspectFailed" : reason).Any(e => e.Message == message));
    }

    [Theory]
    [InlineData("Always", true, 2)]
    [InlineData("Always", false, 2)]
    [InlineData("IfNotPresent", true, 0)]
    [InlineData("IfNotPresent", false, 1)]
    [InlineData("Never", true, 0)]
    public async Task ImagePullPolicy_DecidesWhenThereIsAPull(string policy, bool present, int pulls)
    {
        var pulled = 0;
        await using var node = new TestNode(new Simulation { Pull = _ => { pulled++; return null; } });
        if (present) node.Simulated.AddImage("busybox");
        node.Start();
        var pod = TestNode.NewPod("web", "sleep", "infinity");
        pod.Spec.Containers[0].ImagePullPolicy = policy;
        await node.CreateAsync(pod);
        await node.UntilAsync("web", TestNode.IsReady);
        await node.Simulated.StopContainerAsync((await node.ContainersAsync())[0].Id, TimeSpan.Zero, TestContext.Current.CancellationToken);
        await node.UntilAsync("web", p => p.Status.ContainerStatuses[0] is { RestartCount: 1, State.Running: not null }); // a start again asks again
        Assert.Equal(pulls, pulled);
        await TestNode.UntilAsync(() => node.Events("Pulled").Sum(e => e.Count ?? 1) == 2);
        Assert.Equal(pulls > 0, node.Events("Pulled").Any(e => e.Message.StartsWith("Successfully pulled image \"docker.io/library/busybox:latest\" in 0s (0s including waiting). Image size: 10000000 bytes.", StringComparison.Ordinal)));
        Assert.Equal(pulls < 2, node.Events("Pulled").Any(e => e.Message == "Container image \"docker.io/library/busybox:latest\" already present on machine and can be accessed by the pod"));
        Assert.Equal(pulls, node.Events("Pulling").Sum(e => e.Count ?? 1));
    }

    [Fact]
    public async Task MissingConfigMapInEnv_Waits_AndStartsWhenItComes()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("waiting", "sleep", "infinity");
        pod.Spec.Containers[0].Env = [new V1EnvVar { Name = "X", ValueFrom = new V1EnvVarSource { ConfigMapKeyRef = new V1ConfigMapKeySelector { Name = "none", Key = "k" } } }];
        await node.CreateAsync(pod);
        var waiting = await node.UntilAsync("waiting", p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == "CreateContainerConfigError");
        Assert.Equal("configmap \"none\" not found", waiting.Status.ContainerStatuses[0].State.Waiting.Message);
        Assert.Equal("True", waiting.Status.Conditions.Single(c => c.Type == "PodReadyToStartContainers").Status);
        var map = Kinds.ConfigMaps.New("default", "none");
        map.Data = new Dictionary<string, string> { ["other"] = "1" };
        await node.Api.CreateAsync(Kinds.ConfigMaps, map, TestContext.Current.CancellationToken);
        await node.UntilAsync("waiting", p => p.Status.ContainerStatuses[0].State?.Waiting?.Message == "couldn't find key k in ConfigMap default/none");
        node.Api.Change(Kinds.ConfigMaps, "default", "none", value => value.Data["k"] = "v");
        await node.UntilAsync("waiting", TestNode.IsReady); // no time has passed: the watch did it
    }

    [Fact]
    public async Task MissingVolumeSource_HoldsThePodInContainerCreating_UntilItComes()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("vol", "sleep", "infinity");
        pod.Spec.Volumes = [new V1Volume { Name = "v", ConfigMap = new V1ConfigMapVolumeSource { Name = "x" } }];
        pod.Spec.Containers[0].VolumeMounts = [new V1VolumeMount { Name = "v", MountPath = "/v" }];
        await node.CreateAsync(pod);
        await TestNode.UntilAsync(() => node.Events("FailedMount").Count == 1);
        Assert.Equal("MountVolume.SetUp failed for volume \"v\" : configmap \"x\" not found", node.Events("FailedMount")[0].Message);
        await node.UntilAsync("vol", p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == "ContainerCreating");
        await node.Api.CreateAsync(Kinds.ConfigMaps, Kinds.ConfigMaps.New("default", "x"), TestContext.Current.CancellationToken);
        await node.UntilAsync("vol", TestNode.IsReady);
    }

    [Fact]
    public async Task SandboxThatCannotBeMade_TellsTheRuntimesOwnText_AndIsTriedAgain()
    {
        var broken = true;
        var simulation = new Simulation { Sandbox = _ => broken ? new RuntimeException(RuntimeErrorCode.Unknown, "failed to get sandbox image \"pause\": no such host") : null };
        await using var node = new TestNode(simulation).Start();
        await node.CreateAsync(TestNode.NewPod("web"));
        await TestNode.UntilAsync(() => node.Events("FailedCreatePodSandBox").Count == 1);
        Assert.Equal("Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image \"pause\": no such host", node.Events("FailedCreatePodSandBox")[0].Message);
        broken = false;
        await node.AdvanceUntilAsync(() => TestNode.IsReady(node.Pod("web")!), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task DeadSandbox_IsReplacedWithItsContainers()
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(TestNode.NewPod("web"));
        var before = await node.UntilAsync("web", TestNode.IsReady);
        node.Simulated.KillSandbox((await node.Simulated.ListSandboxesAsync(null, TestContext.Current.CancellationToken))[0].Id);
        await node.AdvanceUntilAsync(() => TestNode.IsReady(node.Pod("web")!) && node.Pod("web")!.Status.ContainerStatuses[0].RestartCount == 1, TimeSpan.FromSeconds(40), describe: () => System.Text.Encoding.UTF8.GetString(Kinds.Pods.Encode(node.Pod("web")!)));
        Assert.Single(node.Pod("web")!.Status.PodIPs);
        Assert.NotEqual(before.Status.PodIP, node.Pod("web")!.Status.PodIP);
        await TestNode.UntilAsync(() => node.Events("SandboxChanged").Count == 1);
        Assert.Single(await node.ContainersAsync(), c => c.State == ContainerState.Running);
    }

    [Fact]
    public async Task ActiveDeadline_Passed_FailsThePod()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("slow");
        pod.Spec.ActiveDeadlineSeconds = 5;
        await node.CreateAsync(pod);
        await node.UntilAsync("slow", TestNode.IsReady);
        await node.AdvanceUntilAsync(() => node.Pod("slow")!.Status.Phase == "Failed", TimeSpan.FromSeconds(10));
        Assert.Equal(("DeadlineExceeded", "Pod was active on the node longer than the specified deadline"), (node.Pod("slow")!.Status.Reason, node.Pod("slow")!.Status.Message));
        await TestNode.UntilAsync(() => node.ContainersAsync().Result.All(c => c.State == ContainerState.Exited));
    }

    [Fact]
    public async Task PodTooLargeForTheNode_FailsAtAdmission()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("large");
        pod.Spec.Containers[0].Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("5") } };
        await node.CreateAsync(pod);
        var shown = await node.UntilAsync("large", p => p.Status?.Phase == "Failed");
        Assert.Equal("OutOfcpu", shown.Status.Reason);
        Assert.Equal("Pod was rejected: Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000", shown.Status.Message);
        await TestNode.UntilAsync(() => node.Events("OutOfcpu").Count == 1);
        Assert.Equal("Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000", node.Events("OutOfcpu")[0].Message);
    }

    [Fact]
    public async Task RunAsNonRoot_WithARootImage_IsRefused()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("nonroot");
        pod.Spec.SecurityContext = new V1PodSecurityContext { RunAsNonRoot = true };
        pod = await node.CreateAsync(pod);
        var shown = await node.UntilAsync("nonroot", p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == "CreateContainerConfigError");
        Assert.Equal($"container has runAsNonRoot and image will run as root (pod: \"nonroot_default({pod.Metadata.Uid})\", container: c)", shown.Status.ContainerStatuses[0].State.Waiting.Message);
    }

    [Fact]
    public async Task CommandThatCannotRun_ShowsTheRuntimesError()
    {
        var simulation = new Simulation { Run = _ => new SimulatedProcess { StartError = "exec: \"/no/such\": no such file or directory" } };
        await using var node = new TestNode(simulation).Start();
        await node.CreateAsync(TestNode.NewPod("bad"));
        var shown = await node.UntilAsync("bad", p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason is "RunContainerError" or "CrashLoopBackOff");
        Assert.Equal("StartError", shown.Status.ContainerStatuses[0].LastState.Terminated.Reason);
        await TestNode.UntilAsync(() => node.Events("Failed").Count > 0);
        Assert.Equal("Error: exec: \"/no/such\": no such file or directory", node.Events("Failed")[0].Message);
    }

    [Fact]
    public async Task PostStartHookThatFails_KillsTheContainer()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("hook");
        pod.Spec.Containers[0].Lifecycle = new V1Lifecycle { PostStart = new V1LifecycleHandler { Exec = new V1ExecAction { Command = ["false"] } } };
        await node.CreateAsync(pod);
        await TestNode.UntilAsync(() => node.Events("FailedPostStartHook").Count == 1 && node.Events("Killing").Any(e => e.Message == "FailedPostStartHook"));
    }

    [Fact]
    public async Task Twenty_AtOnce_AllBecomeReady()
    {
        await using var node = new TestNode(new Simulation { SandboxTime = TimeSpan.FromMilliseconds(100), StartTime = TimeSpan.FromMilliseconds(50) }).Start();
        for (var i = 0; i < 20; i++) await node.CreateAsync(TestNode.NewPod($"p{i}"));
        await node.AdvanceUntilAsync(() => Enumerable.Range(0, 20).All(i => node.Pod($"p{i}") is { } p && TestNode.IsReady(p)), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(50));
        Assert.Equal(20, (await node.ContainersAsync()).Count);
    }

    [Fact]
    public async Task ContainerThatCannotStart_IsTriedAfterThePause_NotAtEachWake()
    {
        await using var node = new TestNode().Start();
        var pod = TestNode.NewPod("never-pull", "sleep", "infinity");
        pod.Spec.Containers[0].Image = "nope/none:1";
        pod.Spec.Containers[0].ImagePullPolicy = "Never";
        pod.Spec.Containers.Add(new V1Container { Name = "other", Image = "docker.io/library/busybox:latest", ImagePullPolicy = "IfNotPresent", Command = ["sleep", "infinity"] });
        await node.CreateAsync(pod);
        // The other container's start and the Pod's status writes wake the worker again and again.
        await node.UntilAsync("never-pull", p => p.Status?.ContainerStatuses is [{ State.Waiting.Reason: "ErrImageNeverPull" }, { Ready: true }]);
        await TestNode.UntilAsync(() => node.Events("ErrImageNeverPull").Count == 1 && node.Events("Started").Count == 1);
        Assert.Equal(1, node.Events("ErrImageNeverPull")[0].Count);
        await node.AdvanceUntilAsync(() => node.Events("ErrImageNeverPull")[0].Count == 2, TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task Status_ShowsWhomTheContainerRunsAs()
    {
        await using var node = new TestNode().Start();
        await node.CreateAsync(TestNode.NewPod("root", "sleep", "infinity"));
        var pod = TestNode.NewPod("someone", "sleep", "infinity");
        pod.Spec.SecurityContext = new V1PodSecurityContext { RunAsUser = 1000, RunAsGroup = 3000, FsGroup = 2000, SupplementalGroups = [4000] };
        await node.CreateAsync(pod);
        var root = (await node.UntilAsync("root", TestNode.IsReady)).Status.ContainerStatuses[0].User.Linux;
        var someone = (await node.UntilAsync("someone", TestNode.IsReady)).Status.ContainerStatuses[0].User.Linux;
        Assert.Equal((0, 0), (root.Uid, root.Gid));
        Assert.Equal([0], root.SupplementalGroups);
        Assert.Equal((1000, 3000), (someone.Uid, someone.Gid));
        Assert.Equal([3000, 2000, 4000], someone.SupplementalGroups);
    }
}
