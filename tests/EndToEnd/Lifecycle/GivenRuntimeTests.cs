using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Lifecycle;

/// <summary><c>--container-runtime-endpoint</c>: somebody else's containerd, configured as that somebody likes.</summary>
public sealed class GivenRuntimeTests
{
    [Fact]
    public async Task GivenContainerd_RunsThePods_MayBeKilled_AndOutlivesTheCluster()
    {
        await using var given = await GivenContainerd.StartAsync();
        await using var cox = new CoxCluster("--container-runtime-endpoint", "unix://" + given.Socket);
        await cox.UpAsync();
        await cox.ImportImagesAsync("busybox");
        Assert.Contains("docker.io/library/busybox:latest", await given.CtrAsync("images", "ls", "-q"), StringComparison.Ordinal);
        Assert.Contains("docker.io/library/busybox:latest", (await cox.CoxAsync("image", "ls")).Succeeded().Output, StringComparison.Ordinal);
        var kubectl = cox.Kubectl();
        await kubectl.FeedAsync("create", Manifests.Sleeper("p"));
        await kubectl.PodReadyAsync("p");
        Assert.Equal("hello", await kubectl.LineAsync("exec p -- echo hello"));
        Assert.Equal(2, (await given.TasksAsync()).Length); // the pause process and the container, nowhere else
        const string What = "{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}";
        var before = await kubectl.FieldAsync("get pod p", What);

        await given.KillAsync();
        await kubectl.FeedAsync("create", Manifests.Sleeper("meanwhile")); // nobody can start it now
        await given.RunAsync();
        await kubectl.PodReadyAsync("meanwhile");
        await Eventually.IsAsync(async () => (await kubectl.TryLineAsync("exec p -- echo hello")).Output.Trim(), "hello");
        Assert.Equal(before, await kubectl.FieldAsync("get pod p", What));
        Assert.EndsWith(" 0", before, StringComparison.Ordinal);

        (await cox.CoxAsync("down")).Succeeded();
        Assert.Empty(await given.TasksAsync());
        Assert.Equal("", (await given.CtrAsync("containers", "ls", "-q")).Trim());
        Assert.Contains("docker.io/library/busybox:latest", await given.CtrAsync("images", "ls", "-q"), StringComparison.Ordinal); // and it answers
        Assert.DoesNotContain(cox.DataDirectory, await File.ReadAllTextAsync("/proc/mounts", TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await cox.UpAsync();
        await kubectl.PodReadyAsync("p");
    }

    [Fact]
    public async Task GivenContainerd_DeadOrHanging_MakesTheNodeNotReady_UntilItIsBack()
    {
        await using var given = await GivenContainerd.StartAsync();
        await using var cox = new CoxCluster("--container-runtime-endpoint", "unix://" + given.Socket);
        await cox.UpAsync();
        await cox.ImportImagesAsync("busybox");
        var kubectl = cox.Kubectl();
        await kubectl.FeedAsync("create", Manifests.Sleeper("p"));
        await kubectl.PodReadyAsync("p");
        const string What = "{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}";
        var before = await kubectl.FieldAsync("get pod p", What);
        Task<string> ReadyIsAsync(string wanted) =>
            Eventually.IsAsync(() => kubectl.FieldAsync("get node node-1", "{.status.conditions[?(@.type=='Ready')].status} {.status.conditions[?(@.type=='Ready')].message}"), wanted);
        const string Up = "True kubelet is posting ready status", Down = "False container runtime is down";

        await given.KillAsync();
        await ReadyIsAsync(Down);
        await given.RunAsync();
        await ReadyIsAsync(Up);

        await given.SignalAsync("STOP");
        await ReadyIsAsync(Down);
        await given.SignalAsync("CONT");
        await ReadyIsAsync(Up);

        Assert.Equal(before, await kubectl.FieldAsync("get pod p", What));
        Assert.Contains("Node node-1 status is now: NodeNotReady", await kubectl.GetAsync("get", "events", "-A", "--field-selector", "involvedObject.kind=Node"), StringComparison.Ordinal);
        (await cox.CoxAsync("down")).Succeeded();
    }

    [Fact]
    public async Task Down_WhileItsPodsStart_LeavesNoneInTheGivenContainerd()
    {
        await using var given = await GivenContainerd.StartAsync();
        await using var cox = new CoxCluster("--container-runtime-endpoint", "unix://" + given.Socket);
        await cox.UpAsync();
        await cox.ImportImagesAsync("busybox");
        var kubectl = cox.Kubectl();
        for (var round = 0; round < 4; round++)
        {
            if (round > 0) await cox.UpAsync(); // they start once more
            else await kubectl.FeedAsync("create", string.Join("---\n", Enumerable.Range(0, 6).Select(i => Manifests.Sleeper($"p{i}"))));
            await Eventually.TrueAsync(async () => (await given.TasksAsync()).Length > round, "the first of them are there");

            (await cox.CoxAsync("down")).Succeeded();
            Assert.Empty(await given.TasksAsync());
            Assert.Equal("", (await given.CtrAsync("containers", "ls", "-q")).Trim());
        }
    }

    [Fact]
    public async Task NoContainerdThere_IsOneClearLine()
    {
        await using var cox = new CoxCluster();
        var up = await cox.CoxAsync("up", "--listen", $"127.0.0.1:{cox.Port}", "--container-runtime-endpoint", "unix:///nonexistent/containerd.sock");
        Assert.Equal(1, up.ExitCode);
        Assert.StartsWith("cox: --container-runtime-endpoint: no containerd answers on /nonexistent/containerd.sock: ", up.Error, StringComparison.Ordinal);
        Assert.Single(up.Error.TrimEnd().Split('\n'));
    }
}
