using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Lifecycle;

/// <summary>A cluster whose files were deleted under it is ended by its traces, and nothing else is.</summary>
public sealed class RemainsTests
{
    private const string HostPort = """
              ports: [{containerPort: 80, hostPort: PORT}]
              volumeMounts: [{name: v, mountPath: /v}]
          volumes: [{name: v, emptyDir: {medium: Memory}}]
        """;

    [Theory]
    [InlineData("cluster.json", false, "down")]
    [InlineData("*", false, "down")]
    [InlineData("*", true, "reset", "--force")]
    public async Task FilesDeletedUnderACluster_AreEnoughToEndIt(string deleted, bool serverKilled, params string[] verb)
    {
        var (cox, kubectl) = await CoxCluster.WithBusyboxAsync();
        await using var _ = cox;
        await using var bystander = new CoxCluster();
        await bystander.UpAsync();
        await kubectl.FeedAsync("create", Manifests.Sleeper("p", HostPort.Replace("PORT", $"{Ports.Free()}", StringComparison.Ordinal)));
        await kubectl.PodReadyAsync("p");
        var sockets = ShimSockets(cox.DataDirectory);
        Assert.NotEmpty(await TracesAsync(cox.DataDirectory));
        Assert.NotEmpty(sockets);
        if (serverKilled) await cox.KillAsync();
        await Command.RunAsync("sh", ["-c", $"rm -rf {cox.DataDirectory}/{deleted}"]); // what is mounted in it stays

        var refused = await cox.CoxAsync("reset");
        Assert.Equal(
            (1, $"cox: {cox.DataDirectory} is not a cluster's directory (it has no cluster.json), but a cluster runs that was started in it; nothing was changed. "
                + "'cox down' ends it and deletes nothing, 'cox reset --force' ends it and deletes its files\n"), (refused.ExitCode, refused.Error));
        var up = await cox.CoxAsync("up", "--listen", $"127.0.0.1:{Ports.Free()}");
        Assert.Equal((1, $"cox: a cluster that was started in {cox.DataDirectory} still runs, though its cluster.json is gone; end it with: cox down --data-dir {cox.DataDirectory}\n"), (up.ExitCode, up.Error));

        Assert.Equal("", (await cox.CoxAsync(verb)).Succeeded().Error);

        Assert.Empty(await TracesAsync(cox.DataDirectory));
        Assert.DoesNotContain(sockets, File.Exists);
        Assert.Equal(verb[0] == "down", Directory.Exists(cox.DataDirectory));
        Assert.Matches(@"^node-1\s+Ready\s", await bystander.Kubectl().LineAsync("get nodes --no-headers"));
        Assert.NotEmpty(await TracesAsync(bystander.DataDirectory));
    }

    [Fact]
    public async Task DirectoryOfSomebodyElse_IsNeverDeleted()
    {
        var directory = Directory.CreateTempSubdirectory("cox-e2e-").FullName;
        try
        {
            foreach (var name in (string[])["images/holiday.jpg", "node/package.json", "notes.txt"])
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(directory, name))!);
                await File.WriteAllTextAsync(Path.Combine(directory, name), "precious", TestContext.Current.CancellationToken);
            }
            foreach (var verb in (string[][])[["down"], ["reset"], ["reset", "--force"]])
            {
                var result = await Command.RunAsync(Repository.Cox, [.. verb, "--data-dir", directory]);
                Assert.Equal((1, $"cox: {directory} is not a cluster's directory (it has no cluster.json); nothing was changed\n"), (result.ExitCode, result.Error));
            }
            Assert.Equal(3, Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Count());
        }
        finally { Directory.Delete(directory, recursive: true); }
    }

    /// <summary>What the machine shows of a cluster: processes, mounts, cgroups, bridge, rules, reservation.</summary>
    private static async Task<List<string>> TracesAsync(string directory)
    {
        var id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(directory)))[..8];
        var rules = (await Command.RunAsync("sh", ["-c", "iptables -w -S; iptables -w -t nat -S"])).Succeeded().Output.Split('\n').Where(l => l.Contains("cox-" + id, StringComparison.Ordinal));
        var links = Directory.EnumerateFileSystemEntries("/sys/class/net").Where(l => Path.GetFileName(l) == "cox-" + id);
        var mounts = (await File.ReadAllLinesAsync("/proc/self/mountinfo")).Where(l => l.Split(' ')[4].StartsWith(directory + "/", StringComparison.Ordinal));
        var cgroups = Directory.EnumerateDirectories("/sys/fs/cgroup").SelectMany(d => new[] { d, $"{d}/coxswain-{id}" }).Where(d => Path.GetFileName(d) == $"coxswain-{id}" && Directory.Exists(d));
        return [.. Processes(directory), .. rules, .. links, .. mounts, .. cgroups, .. Directory.EnumerateFiles("/run/coxswain/ranges").Where(f => Path.GetFileName(f) == id && !File.Exists(directory + "/cox.lock"))];
    }

    private static IEnumerable<string> Processes(string directory)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out var pid) && pid != Environment.ProcessId))
        {
            var line = "";
            try { line = File.ReadAllText(process + "/cmdline").Replace('\0', ' '); }
            catch (IOException) { } // ended
            if (line.Contains(directory + "/", StringComparison.Ordinal) || line.Contains($"--data-dir {directory} ", StringComparison.Ordinal)) yield return line;
        }
    }

    private static List<string> ShimSockets(string directory) =>
        [.. Directory.EnumerateFiles(Path.Combine(directory, "containerd/state/io.containerd.runtime.v2.task/k8s.io"), "address", SearchOption.AllDirectories).Select(f => File.ReadAllText(f).Trim().Replace("unix://", "", StringComparison.Ordinal)).Distinct()];
}
