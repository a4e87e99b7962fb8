using System.Text.Json.Nodes;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Lifecycle;

public sealed class RestartTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")] // Ctrl-C
    public async Task Signal_LeavesPodsRunning_AndTheNextUpTakesThemOver(string signal)
    {
        var (cox, kubectl) = await CoxCluster.WithBusyboxAsync();
        await using var _ = cox;
        await kubectl.FeedAsync("create", Manifests.Sleeper("stays"));
        await kubectl.PodReadyAsync("stays");
        var before = await kubectl.FieldAsync("get pod stays", "{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].state.running.startedAt} {.status.podIP}");

        await EndWithinTwoSecondsAsync(cox, signal);
        Assert.Contains("RUNNING", await cox.CtrAsync("tasks ls"), StringComparison.Ordinal);

        await cox.UpAsync();
        await kubectl.PodReadyAsync("stays");
        Assert.Equal(before, await kubectl.FieldAsync("get pod stays", "{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].state.running.startedAt} {.status.podIP}"));
        Assert.Equal("0", await kubectl.FieldAsync("get pod stays", "{.status.containerStatuses[0].restartCount}"));
    }

    /// <summary>A busy machine may be slow once or twice; a cox that waits for something that does not come is so each time.</summary>
    private static async Task EndWithinTwoSecondsAsync(CoxCluster cox, string signal)
    {
        for (var attempt = 1; ; attempt++)
        {
            var took = await cox.EndAsync(signal);
            if (took < TimeSpan.FromSeconds(2)) return;
            Assert.True(attempt < 4, $"SIG{signal} took {took}");
            await cox.UpAsync();
        }
    }

    [Fact]
    public async Task Down_EndsEverything_AndTheNextUpMakesThePodsAnew()
    {
        var (cox, kubectl) = await CoxCluster.WithBusyboxAsync();
        await using var _ = cox;
        await kubectl.FeedAsync("create", Manifests.Sleeper("again", "  volumes: [{name: m, emptyDir: {medium: Memory}}]"));
        await kubectl.PodReadyAsync("again");
        var containerd = cox.ContainerdPid();
        var bridge = BridgeOf(cox);
        var namespaces = await NetworkNamespacesAsync(cox);
        Assert.True(Directory.Exists($"/sys/class/net/{bridge}"));
        Assert.Single(namespaces);

        (await cox.CoxAsync("down")).Succeeded();

        Assert.False(Runs(containerd), "containerd is still there");
        Assert.DoesNotContain(cox.DataDirectory, await File.ReadAllTextAsync("/proc/mounts", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await Eventually.GetAsync(() => Task.FromResult(string.Join('\n', ProcessesNaming(cox.DataDirectory))), s => s == "", "no process of it is left");
        Assert.False(Directory.Exists($"/sys/class/net/{bridge}"), $"{bridge} is still there");
        Assert.All(namespaces, path => Assert.False(Path.Exists(path), $"{path} is still there"));
        Assert.DoesNotContain(bridge, (await Command.RunAsync("iptables-save", [])).Succeeded().Output, StringComparison.Ordinal);

        await cox.UpAsync();
        await kubectl.PodReadyAsync("again");
    }

    private static string BridgeOf(CoxCluster cox) =>
        System.Text.RegularExpressions.Regex.Match(File.ReadAllText(Directory.EnumerateFiles(cox.DataDirectory, "*.conflist", SearchOption.AllDirectories).Single()), "\"bridge\"\\s*:\\s*\"([^\"]+)\"").Groups[1].Value;

    /// <summary>Where the network namespaces of this cluster's Pods are kept.</summary>
    private static async Task<string[]> NetworkNamespacesAsync(CoxCluster cox)
    {
        var sandboxes = await cox.CtrAsync("containers ls -q labels.\"io.cri-containerd.kind\"==sandbox");
        var paths = new List<string>();
        foreach (var id in sandboxes.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            paths.AddRange(System.Text.RegularExpressions.Regex.Matches(await cox.CtrAsync($"containers info {id}"), "\"(/[^\"]*/netns/[^\"]+)\"").Select(m => m.Groups[1].Value));
        return [.. paths.Distinct()];
    }

    [Fact]
    public async Task Reset_DeletesTheData()
    {
        var (cox, _) = await CoxCluster.WithBusyboxAsync();
        await using var __ = cox;

        (await cox.CoxAsync("reset")).Succeeded();

        Assert.False(Directory.Exists(cox.DataDirectory));
    }

    [Fact]
    public async Task Reset_OfADirectoryThatIsNoCluster_IsRefused()
    {
        var directory = Directory.CreateTempSubdirectory("cox-e2e-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, "precious"), "x", TestContext.Current.CancellationToken);
            var reset = await Command.RunAsync(Repository.Cox, ["reset", "--data-dir", directory.FullName]);

            Assert.Equal(1, reset.ExitCode);
            Assert.Contains($"{directory.FullName} is not a cluster's directory", reset.Error, StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(directory.FullName, "precious")));
        }
        finally { directory.Delete(recursive: true); }
    }

    [Fact]
    public async Task TwoClusters_RunSideBySide()
    {
        var (one, kubectlOne) = await CoxCluster.WithBusyboxAsync();
        await using var _ = one;
        var (two, kubectlTwo) = await CoxCluster.WithBusyboxAsync();
        await using var __ = two;
        await kubectlOne.FeedAsync("create", Manifests.Sleeper("p"));
        await kubectlTwo.FeedAsync("create", Manifests.Sleeper("p"));
        await kubectlOne.PodReadyAsync("p");
        await kubectlTwo.PodReadyAsync("p");

        Assert.NotEqual(await kubectlOne.FieldAsync("get pod p", "{.status.podIP}"), await kubectlTwo.FieldAsync("get pod p", "{.status.podIP}"));

        (await one.CoxAsync("reset")).Succeeded();
        Assert.Equal("Running", await kubectlTwo.StatusAsync("p"));
        Assert.Contains("RUNNING", await two.CtrAsync("tasks ls"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClustersThatStartAtOnce_ChooseDifferentAddresses()
    {
        CoxCluster[] clusters = [new("--store", "memory"), new("--store", "memory"), new("--store", "memory"), new("--store", "memory")];
        try
        {
            await Task.WhenAll(clusters.Select(c => c.UpAsync()));
            var ranges = clusters.Select(c => (string)JsonNode.Parse(File.ReadAllText(Path.Combine(c.DataDirectory, "cluster.json")))!["podCidr"]!).ToList();
            Assert.Equal(clusters.Length, ranges.Distinct().Count());
        }
        finally { await Task.WhenAll(clusters.Select(c => c.DisposeAsync().AsTask())); }
    }

    /// <summary>A process that has ended stays in /proc until its parent asks: that one does not run.</summary>
    private static bool Runs(int pid)
    {
        try { return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal); }
        catch (IOException) { return false; }
    }

    private static List<string> ProcessesNaming(string text) =>
        [.. Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out var pid) && pid != Environment.ProcessId)
            .Select(d => { try { return File.ReadAllText(d + "/cmdline").Replace('\0', ' '); } catch (IOException) { return ""; } })
            .Where(c => c.Contains(text, StringComparison.Ordinal))];
}
