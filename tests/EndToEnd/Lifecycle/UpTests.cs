using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Lifecycle;

public sealed class UpTests
{
    [Fact]
    public async Task Up_OnAnEmptyDirectory_SaysReadyAndWhereTheKubeconfigIs()
    {
        await using var cox = new CoxCluster();

        Assert.Matches(@"^cluster ready in \d+\.\d\ds$", await cox.UpAsync());
        await Eventually.ContainsAsync(() => Task.FromResult(cox.Log), $"export KUBECONFIG={cox.Kubeconfig}\n");
        var said = cox.Log.TrimEnd().Split('\n');
        Assert.Equal(said.Length - 2, Array.FindIndex(said, line => line.StartsWith("cluster ready in ", StringComparison.Ordinal))); // once, and last but the one that is to be typed
        Assert.InRange(said.Length, 3, 12);
        Assert.All(said, line => Assert.InRange(line.Length, 1, 120));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(cox.Kubeconfig));
        Assert.All(Directory.EnumerateFiles(Path.Combine(cox.DataDirectory, "pki"), "*.key"), k => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(k)));
        var kubectl = cox.Kubectl();
        Assert.Matches(@"^node-1\s+Ready\s+<none>\s+\S+\s+v1\.36\.0$", await kubectl.LineAsync("get nodes --no-headers"));
        Assert.Contains("Server Version: v1.36.0", (await kubectl.RunAsync("version")).Output, StringComparison.Ordinal);
        Assert.Equal("default kube-node-lease kube-public kube-system", await kubectl.FieldAsync("get namespaces", "{.items[*].metadata.name}"));
    }

    [Fact]
    public async Task WhatTheProcessesKeep_LiesInTheDataDirectory()
    {
        await using var cox = new CoxCluster();
        await cox.UpAsync();
        await cox.ImportImagesAsync("busybox");
        await cox.Kubectl().FeedAsync("create", Manifests.Sleeper("p"));
        await cox.Kubectl().PodReadyAsync("p");

        string[] elsewhere = [.. WrittenBy(cox.ProcessId).Concat(WrittenBy(cox.ContainerdPid())).Distinct()
            .Where(path => !path.StartsWith(cox.DataDirectory, StringComparison.Ordinal) && !path.StartsWith("/proc/", StringComparison.Ordinal) && !path.StartsWith("/sys/", StringComparison.Ordinal)
                && !path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/run/", StringComparison.Ordinal))];
        Assert.Empty(elsewhere);
        Assert.All((string[])["state.db", "pki", "containerd", "node", "cluster.json", "kubeconfig"], name => Assert.True(Path.Exists(Path.Combine(cox.DataDirectory, name)), name));
    }

    /// <summary>The files that a process has open to write to.</summary>
    private static IEnumerable<string> WrittenBy(int pid)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd"))
        {
            string? path = null;
            var writes = false;
            try
            {
                path = new FileInfo(entry).LinkTarget;
                var flags = File.ReadLines($"/proc/{pid}/fdinfo/{Path.GetFileName(entry)}").First(line => line.StartsWith("flags:", StringComparison.Ordinal))[6..].Trim();
                writes = (Convert.ToInt32(flags, 8) & 3) != 0; // not O_RDONLY
            }
            catch (IOException) { } // closed meanwhile
            if (writes && path is ['/', ..] && !path.EndsWith(" (deleted)", StringComparison.Ordinal)) yield return path;
        }
    }

    [Fact]
    public async Task SecondUp_OnTheSameDirectory_IsRefusedNamingThePid()
    {
        await using var cox = new CoxCluster();
        await cox.UpAsync();

        var second = await cox.CoxAsync("up", "--listen", "127.0.0.1:1");

        Assert.Equal(1, second.ExitCode);
        Assert.Equal($"cox: {cox.DataDirectory} is in use by another cox, pid {cox.ProcessId}\n", second.Error);
    }

    [Theory]
    [InlineData("--listen", "6443", "cox up: --listen: \"6443\" is not ADDRESS:PORT (such as 127.0.0.1:6443, port 1 to 65535)")]
    [InlineData("--pod-cidr", "10.42.0.1/16", "cox up: --pod-cidr: \"10.42.0.1/16\" is not an IPv4 range in CIDR form (such as 10.42.0.0/16; the address must be the range's first)")]
    [InlineData("--store", "mysql", "cox up: --store: \"mysql\" is neither sqlite nor memory")]
    [InlineData("--node-name", "Not Valid", "cox up: --node-name: \"Not Valid\" is not a DNS name (lower-case letters, digits, '-' and '.')")]
    [InlineData("--manifest-url", "ftp://x", "cox up: --manifest-url: \"ftp://x\" is not an http or https URL")]
    [InlineData("--event-ttl", "0", "cox up: --event-ttl: \"0\" is not a duration above zero (such as 90m or 24h)")]
    [InlineData("--frobnicate", "1", "cox up: unknown flag --frobnicate (see cox up --help)")]
    public async Task BadFlag_GetsOneLineNamingIt(string flag, string value, string line)
    {
        var result = await Command.RunAsync(Repository.Cox, ["up", "--data-dir", "/nonexistent/cox", flag, value]);

        Assert.Equal(2, result.ExitCode);
        Assert.Equal(line + "\n", result.Error);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public async Task BadFlagInKubeletArgs_IsOneLineNamingBoth()
    {
        var result = await Command.RunAsync(Repository.Cox, ["up", "--data-dir", "/nonexistent/cox"], new Dictionary<string, string> { ["KUBELET_ARGS"] = "--fail-swap-on=false" });

        Assert.Equal((2, "cox up: unknown flag --fail-swap-on=false; KUBELET_ARGS adds --fail-swap-on=false (see cox up --help)\n", ""), (result.ExitCode, result.Error, result.Output));
    }

    [Fact]
    public async Task Version_SaysOursAndWhoseApiIsServed() =>
        Assert.Matches(@"^cox \d+\.\d+\.\d+ \(Kubernetes v1\.36\.0\)\n$", (await Command.RunAsync(Repository.Cox, ["version"])).Succeeded().Output);

    [Fact]
    public async Task PortInUse_IsOneClearLine()
    {
        await using var first = new CoxCluster();
        await first.UpAsync();
        var directory = Directory.CreateTempSubdirectory("cox-e2e-").FullName;
        try
        {
            var second = await Command.RunAsync(Repository.Cox, ["up", "--data-dir", directory, "--listen", $"127.0.0.1:{first.Port}"]);
            Assert.Equal(1, second.ExitCode);
            Assert.Contains($"cox: cannot listen on 127.0.0.1:{first.Port}: ", second.Error, StringComparison.Ordinal);
        }
        finally
        {
            await Command.RunAsync(Repository.Cox, ["reset", "--data-dir", directory]);
            if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task ForeignDatabaseFile_IsRefusedAndKept()
    {
        await using var cox = new CoxCluster();
        await cox.UpAsync();
        await cox.TerminateAsync();
        var database = Path.Combine(cox.DataDirectory, "state.db");
        foreach (var f in Directory.EnumerateFiles(cox.DataDirectory, "state.db*")) File.Delete(f);
        await File.WriteAllTextAsync(database, "this is no database at all, but something that somebody wants to keep", TestContext.Current.CancellationToken);

        var up = await cox.CoxAsync("up", "--listen", $"127.0.0.1:{cox.Port}", "--node-name", cox.NodeName);

        Assert.Equal(1, up.ExitCode);
        Assert.Contains(database, up.Error, StringComparison.Ordinal);
        Assert.Equal("this is no database at all, but something that somebody wants to keep", await File.ReadAllTextAsync(database, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task DamagedAuthority_IsRefusedInOneLineAndKept()
    {
        await using var cox = new CoxCluster();
        await cox.UpAsync();
        await cox.TerminateAsync();
        var file = Path.Combine(cox.DataDirectory, "pki", "ca.crt");
        await File.WriteAllTextAsync(file, "no certificate", TestContext.Current.CancellationToken);

        var up = await cox.CoxAsync("up", "--listen", $"127.0.0.1:{cox.Port}", "--node-name", cox.NodeName);

        Assert.Equal(1, up.ExitCode);
        Assert.StartsWith("cox: ", up.Error, StringComparison.Ordinal);
        Assert.Contains("ca.crt", Assert.Single(up.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
        Assert.Equal("no certificate", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }
}
