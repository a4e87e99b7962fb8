using System.Collections.Concurrent;
using System.Globalization;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Lifecycle;

public sealed class SnapshotTests
{
    [Fact]
    public async Task SavedWhileFourWrite_RestoredInPlace_HasAllThatWasAcknowledged_UnderNewResourceVersions()
    {
        var (cox, kubectl) = await CoxCluster.WithBusyboxAsync();
        await using var _ = cox;
        var outer = Directory.CreateTempSubdirectory("cox-e2e-snapshot-");
        try
        {
            var file = Path.Combine(outer.FullName, "a.snapshot");
            await kubectl.FeedAsync("create", Manifests.Sleeper("stays"));
            await kubectl.PodReadyAsync("stays");
            using var enough = new CancellationTokenSource();
            var acknowledged = new ConcurrentBag<string>();
            var writers = Enumerable.Range(0, 4).Select(w => WriteAsync(kubectl, $"w{w}", acknowledged, enough.Token)).ToArray();
            await Eventually.TrueAsync(() => Task.FromResult(acknowledged.Count >= 12), "some writes");
            string[] before = [.. acknowledged];

            var saved = (await cox.CoxAsync("snapshot", "save", file)).Succeeded();

            await enough.CancelAsync();
            await Task.WhenAll(writers);
            Assert.Matches($"^revision [0-9]+: [0-9]+ objects and [0-9]+ files, [0-9]+ bytes, saved to {file}\n$", saved.Output);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal([file], Directory.GetFiles(outer.FullName));
            await kubectl.LineAsync($"delete configmap {before[0]}");
            await kubectl.LineAsync("create configmap later");
            var old = await VersionAsync(kubectl, "configmap later");
            var running = await kubectl.FieldAsync("get pod stays", "{.status.containerStatuses[0].containerID}");

            // Not while a server runs, not over a cluster unasked, and not from a damaged file.
            Assert.StartsWith($"cox: a server runs in {cox.DataDirectory} (pid {cox.ProcessId}); end it first", (await cox.CoxAsync("snapshot", "restore", file, "--force")).Failed().Error, StringComparison.Ordinal);
            await cox.TerminateAsync();
            Assert.StartsWith($"cox: {cox.DataDirectory} holds a cluster; ", (await cox.CoxAsync("snapshot", "restore", file)).Failed().Error, StringComparison.Ordinal);
            await AssertDamageIsRefusedAsync(cox, file);

            var restored = (await cox.CoxAsync("snapshot", "restore", file, "--force")).Succeeded();
            Assert.Matches($"^restored to {cox.DataDirectory}: the cluster as it was at .* UTC, revision [0-9]+; resource versions go on from [0-9]+\nwhat was there is in {cox.DataDirectory}/before-restore-[0-9.-]+\n", restored.Output);
            await cox.UpAsync();

            var now = (await kubectl.FieldAsync("get configmaps", "{.items[*].metadata.name}")).Split(' ');
            Assert.Empty(before.Except(now));
            Assert.DoesNotContain("later", now);
            Assert.True(await VersionAsync(kubectl, $"configmap {before[1]}") > old);
            Assert.Contains("too old resource version", await kubectl.GetAsync("get", "--raw", $"/api/v1/configmaps?watch=1&timeoutSeconds=5&resourceVersion={old}"), StringComparison.Ordinal);
            // The Pod ran on, and is taken over as it is.
            await kubectl.PodReadyAsync("stays");
            Assert.Equal(running + " 0", await kubectl.FieldAsync("get pod stays", "{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}"));

            await RestoreElsewhereAsync(cox, file, Path.Combine(outer.FullName, "elsewhere"), before);
        }
        finally { outer.Delete(recursive: true); }
    }

    /// <summary>The old kubeconfig, with another port in it, works against the cluster in its new place: it has the same CA.</summary>
    private static async Task RestoreElsewhereAsync(CoxCluster cox, string file, string directory, string[] names)
    {
        var kubeconfig = Path.Combine(Path.GetDirectoryName(file)!, "kubeconfig");
        File.Copy(cox.Kubeconfig, kubeconfig);
        (await cox.CoxAsync("reset")).Succeeded();
        (await Command.RunAsync(Repository.Cox, ["snapshot", "restore", file, "--data-dir", directory])).Succeeded();
        await using var elsewhere = new CoxCluster { DataDirectory = directory };
        await elsewhere.UpAsync();
        await File.WriteAllTextAsync(kubeconfig, (await File.ReadAllTextAsync(kubeconfig)).Replace($":{cox.Port}", $":{elsewhere.Port}", StringComparison.Ordinal));
        var kubectl = new Kubectl(Kubectl.Find()!, kubeconfig);

        Assert.Empty(names.Except((await kubectl.FieldAsync("get configmaps", "{.items[*].metadata.name}")).Split(' ')));
        // Saved without a server too.
        await elsewhere.TerminateAsync();
        (await elsewhere.CoxAsync("snapshot", "save", file)).Succeeded();
        (await elsewhere.CoxAsync("snapshot", "restore", file, "--force")).Succeeded();
    }

    private static async Task AssertDamageIsRefusedAsync(CoxCluster cox, string file)
    {
        var whole = await File.ReadAllBytesAsync(file);
        var state = await File.ReadAllBytesAsync(Path.Combine(cox.DataDirectory, "state.db"));
        var flipped = whole.ToArray();
        flipped[whole.Length / 2] ^= 4;
        foreach (var (damaged, reason) in new[] { (whole[..^20], "is incomplete: .*"), (flipped, "is damaged: .*, at byte [0-9]+") })
        {
            await File.WriteAllBytesAsync(file + ".damaged", damaged);
            var refused = await cox.CoxAsync("snapshot", "restore", file + ".damaged", "--force");
            Assert.Equal(1, refused.ExitCode);
            Assert.Matches($"^cox: {file}.damaged {reason}; nothing was changed\n$", refused.Error);
        }
        File.Delete(file + ".damaged");
        Assert.Equal(state, await File.ReadAllBytesAsync(Path.Combine(cox.DataDirectory, "state.db")));
    }

    private static async Task WriteAsync(Kubectl kubectl, string prefix, ConcurrentBag<string> acknowledged, CancellationToken enough)
    {
        for (var i = 0; !enough.IsCancellationRequested; i++)
        {
            await kubectl.LineAsync($"create configmap {prefix}-{i}");
            acknowledged.Add($"{prefix}-{i}");
        }
    }

    private static async Task<long> VersionAsync(Kubectl kubectl, string what) =>
        long.Parse(await kubectl.FieldAsync($"get {what}", "{.metadata.resourceVersion}"), CultureInfo.InvariantCulture);
}
