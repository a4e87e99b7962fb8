using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Faults;

/// <summary>Disks that are full, read-only or not there: one line that names the thing, and never a trace.</summary>
public sealed class DiskTests
{
    private static readonly string[][] Verbs =
        [["up", "--listen", "127.0.0.1:1"], ["down"], ["reset"], ["reset", "--force"], ["image", "ls"], ["image", "import", "/nonexistent.tar"], ["snapshot", "save", "/dev/full/x"], ["snapshot", "restore", "/nonexistent"]];

    [Theory]
    [InlineData("4k")]
    [InlineData("64k")]
    [InlineData("1200k")]
    public async Task Up_OnADiskThatIsTooSmall_SaysSoInOneLine_AndAResetEmptiesTheMountPoint(string size)
    {
        await using var disk = await SmallDisk.MountAsync(size);

        var up = await CoxAsync(disk.Path, "up", "--listen", $"127.0.0.1:{Ports.Free()}");

        Assert.Equal(1, up.ExitCode);
        AssertPlainEnd(up);
        Assert.Matches("(?i)no space|disk is full", up.Error);
        AssertPlain((await CoxAsync(disk.Path, "down")));
        (await CoxAsync(disk.Path, "reset", "--force")).Succeeded();
        Assert.Empty(Directory.EnumerateFileSystemEntries(disk.Path));
        Assert.Contains(disk.Path, await File.ReadAllTextAsync("/proc/self/mountinfo", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DiskFullWhileRunning_FailsHealthAndWritesInPlainWords_UntilThereIsRoom()
    {
        await using var cox = new CoxCluster();
        await using var disk = await SmallDisk.MountAsync("48m", cox.DataDirectory);
        await cox.UpAsync();
        var kubectl = cox.Kubectl();
        await disk.FillAsync();

        // The log has some room ahead: it is full when a write says so.
        var refused = await Eventually.GetAsync(() => kubectl.TryLineAsync($"create configmap c{Guid.NewGuid():n} --from-literal=x={new string('x', 60_000)}"), r => r.ExitCode != 0, "a write that is refused");
        Assert.Equal("Error from server: the write could not be made durable: the disk is full", refused.Error.Replace("error: failed to create configmap: ", "Error from server: ", StringComparison.Ordinal).Trim());
        foreach (var group in (string[])["livez", "readyz", "healthz"])
        {
            var unhealthy = (await kubectl.TryLineAsync($"get --raw /{group}")).Failed();
            Assert.Contains("[-]etcd failed: reason withheld", unhealthy.Error, StringComparison.Ordinal);
            Assert.Contains($"{group} check failed", unhealthy.Error, StringComparison.Ordinal);
        }
        Assert.Contains("internal server error: the store cannot write: the disk is full", (await kubectl.TryLineAsync("get --raw /livez/etcd")).Failed().Error, StringComparison.Ordinal);
        Assert.Equal("default", await kubectl.FieldAsync("get namespace default", "{.metadata.name}"));
        AssertNoTrace(cox.Log);

        disk.Free();
        await Eventually.IsAsync(async () => (await kubectl.TryLineAsync("get --raw /readyz")).Output, "ok");
        await kubectl.LineAsync("create configmap after");

        await disk.FillAsync();
        Assert.Equal("", (await cox.CoxAsync("down")).Succeeded().Output); // also on a full disk
        (await cox.CoxAsync("reset")).Succeeded();
        Assert.Empty(Directory.EnumerateFileSystemEntries(cox.DataDirectory));
    }

    [Fact]
    public async Task DiskThatBecameReadOnly_DoesNotKeepAClusterFromBeingEnded()
    {
        await using var cox = new CoxCluster();
        await using var disk = await SmallDisk.MountAsync("48m", cox.DataDirectory);
        await cox.UpAsync();
        // As after an error of the disk. That which has files open to write would keep this mount from it.
        await cox.KillAsync();
        using (var containerd = System.Diagnostics.Process.GetProcessById(cox.ContainerdPid()))
        {
            containerd.Kill();
            await containerd.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        await disk.RemountAsync("bind,ro");
        var bridge = Directory.EnumerateFiles(Path.Combine(cox.DataDirectory, "cni/net.d")).Select(f => System.Text.Json.JsonDocument.Parse(File.ReadAllText(f)).RootElement.GetProperty("name").GetString()!).Single();
        Assert.Contains(bridge, (await Command.RunAsync("iptables", ["-w", "-S"])).Output, StringComparison.Ordinal);

        var down = await cox.CoxAsync("down");

        Assert.Equal(1, down.ExitCode);
        AssertPlainEnd(down);
        Assert.Contains($"cox: not all of the cluster in {cox.DataDirectory} could be taken away: ", down.Error, StringComparison.Ordinal);
        Assert.Contains("read-only", down.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(bridge, (await Command.RunAsync("iptables", ["-w", "-S"])).Output, StringComparison.Ordinal);
        await disk.RemountAsync("bind,rw");
        (await cox.CoxAsync("reset")).Succeeded();
    }

    public static TheoryData<string> Places => ["file", "under a file", "read-only", "not ours", "nowhere"];

    [Theory, MemberData(nameof(Places))]
    public async Task EveryVerb_OnADirectoryThatCannotBeUsed_SaysSoInOneLine(string place)
    {
        await using var disk = await SmallDisk.MountAsync("1m");
        var data = Path.Combine(disk.Path, "data");
        switch (place)
        {
            case "file": await File.WriteAllTextAsync(data, "", TestContext.Current.CancellationToken); break;
            case "under a file": await File.WriteAllTextAsync(data, "", TestContext.Current.CancellationToken); data += "/deeper"; break;
            case "read-only" or "not ours":
                Directory.CreateDirectory(data);
                await File.WriteAllTextAsync(Path.Combine(data, "cluster.json"), """{"podCidr":"10.217.0.0/16","serviceCidr":"10.218.0.0/16"}""", TestContext.Current.CancellationToken);
                if (place == "read-only") await disk.RemountAsync("ro");
                else File.SetUnixFileMode(data, UnixFileMode.UserRead | UnixFileMode.UserExecute);
                break;
            default: data = "/proc/nowhere/data"; break;
        }
        foreach (var verb in Verbs)
        {
            var result = await CoxAsync(data, verb, user: place == "not ours" ? "65534" : null);
            // Nothing to end where nothing can be: that is no failure.
            Assert.True(result.ExitCode is 1 or 2 || (result.ExitCode == 0 && verb[0] is "down" or "reset" && place is "under a file" or "nowhere"), $"{result.Line}: {result.ExitCode}\n{result.Error}");
            AssertPlain(result);
        }
    }

    private static Task<CommandResult> CoxAsync(string data, params string[] verb) => CoxAsync(data, verb, null);

    private static Task<CommandResult> CoxAsync(string data, string[] verb, string? user) => user is null
        ? Command.RunAsync(Repository.Cox, [.. verb, "--data-dir", data])
        : Command.RunAsync("setpriv", [$"--reuid={user}", "--clear-groups", "--no-new-privs", Repository.Cox, .. verb, "--data-dir", data]);

    private static void AssertPlain(CommandResult result)
    {
        AssertNoTrace(result.Error);
        if (result.ExitCode != 0) Assert.Matches("^cox[^\n]*: [^\n]+\n$", result.Error);
    }

    /// <summary>The last line says why; what stands above it is the log.</summary>
    private static void AssertPlainEnd(CommandResult result)
    {
        AssertNoTrace(result.Error);
        Assert.StartsWith("cox: ", result.Error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    /// <summary>Neither a trace nor the runtime library's words.</summary>
    private static void AssertNoTrace(string text)
    {
        foreach (var word in (string[])["   at ", "System.", "Exception", "Unhandled", "SQLite Error", "Could not find", "is denied.", " : '/", "malformed"])
            Assert.DoesNotContain(word, text, StringComparison.Ordinal);
    }
}
