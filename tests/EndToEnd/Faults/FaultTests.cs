using System.Diagnostics;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Faults;

public sealed class FaultTests
{
    [Fact]
    public async Task ContainerdKilled_IsBackAndThePodsNeverStopped()
    {
        var (cox, kubectl) = await CoxCluster.WithBusyboxAsync();
        await using var _ = cox;
        await kubectl.FeedAsync("create", Manifests.Sleeper("intact"));
        await kubectl.PodReadyAsync("intact");
        var before = await kubectl.FieldAsync("get pod intact", "{.status.containerStatuses[0].containerID}");

        await RestartsWithinTwoSecondsAsync(cox);

        Assert.Contains("RUNNING", await cox.CtrAsync("tasks ls"), StringComparison.Ordinal);
        await kubectl.FeedAsync("create", Manifests.Sleeper("new"));
        await kubectl.PodReadyAsync("new");
        Assert.Equal(before + " 0", await kubectl.FieldAsync("get pod intact", "{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}"));
    }

    /// <summary>A busy machine may be slow once or twice; one that waits for something before it starts containerd again is so each time.</summary>
    private static async Task RestartsWithinTwoSecondsAsync(CoxCluster cox)
    {
        for (var attempt = 1; ; attempt++)
        {
            var old = cox.ContainerdPid();
            var clock = Stopwatch.StartNew();
            Process.GetProcessById(old).Kill();
            await Eventually.TrueAsync(async () => cox.FindContainerd() is { } pid && pid != old && (await Command.RunAsync("ctr", ["-a", cox.ContainerdSocket(), "--connect-timeout", "1s", "version"])).ExitCode == 0, "containerd answers again");
            if (clock.Elapsed < TimeSpan.FromSeconds(2)) return;
            Assert.True(attempt < 4, $"containerd was back after {clock.Elapsed}");
            await Task.Delay(TimeSpan.FromSeconds(6), TestContext.Current.CancellationToken); // one that ends again within seconds is started with growing pauses, on purpose
        }
    }

    [Fact]
    public async Task GarbageInTheNodesState_IsNotBelieved_AndThePodsRunOn()
    {
        var (cox, kubectl) = await CoxCluster.WithBusyboxAsync();
        await using var _ = cox;
        await kubectl.FeedAsync("create", Manifests.Sleeper("intact"));
        await kubectl.PodReadyAsync("intact");
        const string What = "{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}";
        var before = await kubectl.FieldAsync("get pod intact", What);
        await cox.KillAsync();
        string At(string path) => Path.Combine(cox.DataDirectory, path);
        foreach (var file in (string[])["containerd/containerd.pid", "containerd/config.toml", "node/pods/junk", "node/logs/pods/junk"])
            await File.WriteAllTextAsync(At(file), "\0garbage = [[[ 1 2 3", TestContext.Current.CancellationToken);
        Directory.CreateDirectory(At("node/pods/0000-junk/volumes/kubernetes.io~secret/s/..data"));
        Directory.CreateDirectory(At("node/logs/pods/default_gone_0000-junk/c/0.log"));

        await cox.UpAsync();

        await kubectl.FeedAsync("create", Manifests.Sleeper("new"));
        await kubectl.PodReadyAsync("new");
        await kubectl.PodReadyAsync("intact");
        Assert.Equal(before, await kubectl.FieldAsync("get pod intact", What));
        await Eventually.TrueAsync(() => Task.FromResult(!Directory.Exists(At("node/pods/0000-junk"))), "what is left of no Pod goes");
    }

    [Fact]
    public async Task CoxKilledWhile20PodsStart_AllRunAfterwardsWithoutDuplicates()
    {
        var (cox, kubectl) = await CoxCluster.WithBusyboxAsync();
        await using var _ = cox;
        await kubectl.FeedAsync("create", Manifests.Sleepers(20));
        await Eventually.TrueAsync(async () => (await cox.CtrAsync("tasks ls -q")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length > 5, "some containers started");

        await cox.KillAsync();
        await cox.UpAsync();

        await Eventually.IsAsync(async () => (await kubectl.FieldAsync("get pods", "{.items[*].status.containerStatuses[0].ready}")).Split(' ').Count(x => x == "true").ToString(), "20", 90);
        // 20 pause processes and 20 containers: nothing started twice, nothing left over.
        await Eventually.IsAsync(async () => (await cox.CtrAsync("tasks ls -q")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ToString(), "40");
    }

    [Theory]
    [InlineData("running", "command: [sleep, \"3600\"]")]
    [InlineData("crashing", "command: [\"false\"]")]
    [InlineData("unpullable", "command: [\"true\"]", "127.0.0.1:1/none:1")]
    public async Task PodDeleted_InAnyState_GoesAndLeavesNoContainer(string name, string command, string image = "busybox")
    {
        var (cox, kubectl) = await CoxCluster.WithBusyboxAsync();
        await using var _ = cox;
        await kubectl.FeedAsync("create", $$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: {{name}}}
            spec:
              terminationGracePeriodSeconds: 1
              containers: [{name: c, image: "{{image}}", imagePullPolicy: IfNotPresent, {{command}}}]
            """);
        await Eventually.GetAsync(() => kubectl.StatusAsync(name), s => s is "Running" or "CrashLoopBackOff" or "ErrImagePull" or "ImagePullBackOff" or "Error", "a settled state");

        await kubectl.GetAsync("delete", "pod", name, "--timeout=60s");

        Assert.Equal("", await kubectl.StatusAsync(name));
        await Eventually.IsAsync(async () => (await cox.CtrAsync("containers ls -q")).Trim(), "");
    }

    public static TheoryData<string> Kubectls => Kubectl.Versions;

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S8_SandboxThatCannotBeMade_ShowsItsCauseAndComesUpWhenItCan(string version)
    {
        var (cox, _) = await CoxCluster.WithBusyboxAsync();
        await using var __ = cox;
        var kubectl = cox.Kubectl(version);
        var config = Directory.EnumerateFiles(cox.DataDirectory, "*.conflist", SearchOption.AllDirectories).Single();
        var good = await File.ReadAllTextAsync(config, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(config, good.Replace("\"type\": \"bridge\"", "\"type\": \"nosuchplugin\"", StringComparison.Ordinal).Replace("\"type\":\"bridge\"", "\"type\":\"nosuchplugin\"", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () =>
        {
            await kubectl.TryFeedAsync("apply", Manifests.Sleeper("stuck"));
            var sheet = await kubectl.GetAsync("describe", "pod", "stuck");
            return System.Text.RegularExpressions.Regex.IsMatch(sheet, @"Warning\s+FailedCreatePodSandBox\s.*\skubelet\s+Failed to create pod sandbox: rpc error: code = Unknown desc = .*nosuchplugin");
        }, "FailedCreatePodSandBox naming the plugin");
        Assert.Equal("ContainerCreating", await kubectl.StatusAsync("stuck"));

        await File.WriteAllTextAsync(config, good, TestContext.Current.CancellationToken);
        await kubectl.PodReadyAsync("stuck");
    }
}
