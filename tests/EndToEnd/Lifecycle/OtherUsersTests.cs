using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Lifecycle;

/// <summary>What another user of the machine may do to a cluster: nothing.</summary>
public sealed class OtherUsersTests
{
    private const UnixFileMode Loose = (UnixFileMode)0b111_101_101, Private = (UnixFileMode)0b111_000_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The directory's own mode is not cox's to change here: what is in it must hold by itself.</summary>
    [Fact]
    public async Task DataDirectoryAmongOtherThings_NobodyReadsSecretsOrLogs_AndContainersReadTheirs()
    {
        await using var cox = new CoxCluster { Umask = "000" };
        File.SetUnixFileMode(cox.DataDirectory, Loose);
        await File.WriteAllTextAsync(Path.Combine(cox.DataDirectory, "mine"), "for all to read", Ct);
        await cox.UpAsync();
        await cox.ImportImagesAsync("busybox");
        var kubectl = cox.Kubectl();
        await kubectl.LineAsync("create secret generic s --from-literal=key=value");
        await kubectl.FeedAsync("create", Reader);
        await kubectl.PodReadyAsync("reader");
        await Eventually.ContainsAsync(() => kubectl.LineAsync("logs reader"), "read value");

        Assert.Equal(Loose, File.GetUnixFileMode(cox.DataDirectory));
        // Certificates are made to be shown.
        var readable = (await ReadableAsync(cox.DataDirectory)).Where(file => !file.EndsWith(".crt", StringComparison.Ordinal));
        Assert.Equal([Path.Combine(cox.DataDirectory, "mine")], readable);
        Assert.Empty(await WritableAsync(cox.DataDirectory));
    }

    [Fact]
    public async Task DataDirectoryOpenToOthers_IsClosedWithALineThatSaysSo()
    {
        await using var cox = new CoxCluster("--store", "memory") { Umask = "077" };
        File.SetUnixFileMode(cox.DataDirectory, Loose);
        await cox.UpAsync();

        Assert.Contains($"cox: {cox.DataDirectory} was open to others (mode 755); only its owner may look into it now (mode 700)", cox.Log, StringComparison.Ordinal);
        Assert.Equal(Private, File.GetUnixFileMode(cox.DataDirectory));
        Assert.Empty(await ReadableAsync(cox.DataDirectory));
    }

    [Fact]
    public async Task DataDirectoryThatOthersMayWriteTo_IsRefusedUntouched()
    {
        var directory = Directory.CreateTempSubdirectory("cox-e2e-");
        try
        {
            File.SetUnixFileMode(directory.FullName, (UnixFileMode)0b111_111_111);
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, "node"), "theirs", Ct);
            (await Command.RunAsync("chown", ["65534", Path.Combine(directory.FullName, "node")])).Succeeded();
            var up = (await Command.RunAsync(Repository.Cox, ["up", "--data-dir", directory.FullName, "--listen", $"127.0.0.1:{Ports.Free()}"])).Failed();

            Assert.Equal($"cox: {directory.FullName} holds things that are not a cluster's, and others may write to it; name an empty directory, or one that is not there yet\n", up.Error);
            Assert.Equal([Path.Combine(directory.FullName, "node")], Directory.EnumerateFileSystemEntries(directory.FullName));
        }
        finally { directory.Delete(recursive: true); }
    }

    [Fact]
    public async Task Locks_CannotBeHeldByOthers_SoNobodyStopsACluster()
    {
        await using var cox = new CoxCluster("--store", "memory");
        File.SetUnixFileMode(cox.DataDirectory, Loose);
        await File.WriteAllTextAsync(Path.Combine(cox.DataDirectory, "mine"), "", Ct); // the directory stays open
        await cox.UpAsync();

        foreach (var file in (string[])[Path.Combine(cox.DataDirectory, "cox.lock"), "/run/coxswain/ranges.lock"])
        {
            Assert.True(File.Exists(file), file);
            var attempt = (await AsNobodyAsync("flock", "--nonblock", "--shared", file, "true")).Failed();
            Assert.Contains("Permission denied", attempt.Error, StringComparison.Ordinal);
        }
        (await AsNobodyAsync("touch", "/run/coxswain/ranges/squat")).Failed();
        (await AsNobodyAsync("touch", "/run/coxswain/squat")).Failed();

        // And one who holds a lock from an earlier, looser time is named.
        await cox.TerminateAsync();
        await using var held = new FileStream(Path.Combine(cox.DataDirectory, "cox.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        var up = (await Command.RunAsync(Repository.Cox, ["up", "--data-dir", cox.DataDirectory, "--listen", $"127.0.0.1:{cox.Port}"])).Failed();
        Assert.Equal($"cox: {held.Name} is locked by process {Environment.ProcessId}, which is no cox; end that process\n", up.Error);
    }

    [Fact]
    public async Task Ports_OfAllTheClustersProcesses_OnlyTheApiServersCanBeDialled()
    {
        await using var cox = new CoxCluster();
        await cox.UpAsync();
        var all = (await Command.RunAsync("ss", ["-H", "-ltnp"])).Succeeded().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var pids = Processes(cox.DataDirectory).ToHashSet();
        Assert.Contains(cox.ProcessId, pids);
        Assert.Contains(cox.ContainerdPid(), pids);

        var open = new List<string>();
        foreach (var line in all.Where(line => Regex.Matches(line, "pid=([0-9]+)").Any(m => pids.Contains(int.Parse(m.Groups[1].Value)))))
        {
            var local = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
            var port = int.Parse(local[(local.LastIndexOf(':') + 1)..]);
            if (await CanDialAsync(local[..local.LastIndexOf(':')], port) || await CanDialAsync("127.0.0.1", port)) open.Add(local);
        }
        Assert.Equal([$"127.0.0.1:{cox.Port}"], open);
    }

    private static async Task<bool> CanDialAsync(string host, int port)
    {
        if (!IPAddress.TryParse(host.Trim('[', ']'), out var address)) address = IPAddress.Loopback; // "*"
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, port, Ct);
            return true;
        }
        catch (SocketException) { return false; }
    }

    private static IEnumerable<int> Processes(string naming) => Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out var pid) && pid != Environment.ProcessId)
        .Where(d => { try { return File.ReadAllText(d + "/cmdline").Contains(naming, StringComparison.Ordinal); } catch (IOException) { return false; } })
        .Select(d => int.Parse(Path.GetFileName(d)));

    private static Task<string[]> ReadableAsync(string directory) => FindAsync(directory, "-type", "f", "-readable");

    private static Task<string[]> WritableAsync(string directory) => FindAsync(directory, "!", "-type", "l", "-writable");

    /// <summary>What nobody finds there; that it is kept out of much of it is no error.</summary>
    private static async Task<string[]> FindAsync(string directory, params string[] conditions) =>
        (await AsNobodyAsync(["find", directory, .. conditions])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static Task<CommandResult> AsNobodyAsync(params string[] command) =>
        Command.RunAsync("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "--", .. command], directory: "/");

    /// <summary>A container without any right of root's, which reads a Secret and writes to an emptyDir and its log.</summary>
    private const string Reader = """
        apiVersion: v1
        kind: Pod
        metadata: {name: reader}
        spec:
          securityContext: {runAsUser: 65534, runAsGroup: 65534}
          terminationGracePeriodSeconds: 1
          containers:
            - name: c
              image: busybox
              imagePullPolicy: IfNotPresent
              command: [sh, -c, "cat /s/key > /e/copy && echo read $(cat /e/copy) && sleep 3600"]
              securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
              volumeMounts: [{name: s, mountPath: /s}, {name: e, mountPath: /e}]
          volumes: [{name: s, secret: {secretName: s}}, {name: e, emptyDir: {}}]

        """;
}
