using System.Diagnostics;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Faults;

/// <summary>A containerd that is there and answers nothing. Our own is ended and started again; one that was given is somebody else's to see to.</summary>
public sealed class HangTests
{
    private const string What = "{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}";
    private const string Ready = "{.status.conditions[?(@.type=='Ready')].status}";

    [Fact]
    public async Task ContainerdThatHangs_OursIsStartedAgainAndThePodsNeverStopped_AGivenOneIsWaitedFor()
    {
        await using var given = await GivenContainerd.StartAsync();
        await using var theirs = new CoxCluster("--container-runtime-endpoint", "unix://" + given.Socket);
        await using var ours = new CoxCluster();
        var (before, theirBefore) = (await StartAsync(ours), await StartAsync(theirs));
        var (old, process) = (ours.ContainerdPid(), given.ProcessId);

        await given.SignalAsync("STOP");
        (await Command.RunAsync("kill", ["-STOP", old.ToString()])).Succeeded();

        await Eventually.TrueAsync(() => Task.FromResult(ours.FindContainerd() is { } pid && pid != old), "another containerd", 120);
        await Eventually.IsAsync(() => ours.Kubectl().FieldAsync("get node node-1", Ready), "True", 120);
        await ours.Kubectl().FeedAsync("create", Manifests.Sleeper("new"));
        await ours.Kubectl().PodReadyAsync("new");
        Assert.Equal(before, await ours.Kubectl().FieldAsync("get pod p", What));
        Assert.Contains($"containerd (pid {old}) does not answer any more", ours.Log, StringComparison.Ordinal);

        Assert.False(Process.GetProcessById(process).HasExited);
        Assert.NotEqual("True", await theirs.Kubectl().FieldAsync("get node node-1", Ready));
        await given.SignalAsync("CONT");
        await Eventually.IsAsync(() => theirs.Kubectl().FieldAsync("get node node-1", Ready), "True", 120);
        Assert.Equal(theirBefore, await theirs.Kubectl().FieldAsync("get pod p", What));
    }

    private static async Task<string> StartAsync(CoxCluster cox)
    {
        await cox.UpAsync();
        await cox.ImportImagesAsync("busybox");
        await cox.Kubectl().FeedAsync("create", Manifests.Sleeper("p"));
        await cox.Kubectl().PodReadyAsync("p");
        return await cox.Kubectl().FieldAsync("get pod p", What);
    }
}
