using Coxswain.EndToEnd.Harness;
using Coxswain.TestKit;

namespace Coxswain.EndToEnd.Faults;

/// <summary>Containers that try to get at the node through the volumes that are theirs.</summary>
public sealed class HostileContainerTests : IDisposable
{
    private readonly string _host = Directory.CreateTempSubdirectory("cox-host-").FullName;
    private string Secret => Path.Combine(_host, "secret");

    public void Dispose() => Directory.Delete(_host, recursive: true);

    /// <summary>
    /// One container exchanges a directory for a link to the node's, without end; the others start with that directory as their subPath.
    /// </summary>
    private string Attack()
    {
        var victims = string.Concat(Enumerable.Range(0, 10).Select(i => $$"""

                - name: victim-{{i}}
                  image: busybox
                  imagePullPolicy: IfNotPresent
                  command: [sh, -c, "touch /v/was-here; exec sleep 3600"]
                  volumeMounts: [{name: v, mountPath: /v, subPath: sub}]
            """));
        return $$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: program}
            binaryData: { exchange: {{Convert.ToBase64String(ExchangeProgram.Make("sub", "link"))}} }
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: attack}
            spec:
              terminationGracePeriodSeconds: 0
              volumes: [{name: v, emptyDir: { } }, {name: x, configMap: {name: program, defaultMode: 0755} }]
              containers:
                - name: attacker
                  image: busybox
                  imagePullPolicy: IfNotPresent
                  command: [sh, -c, "cd /v; mkdir sub; ln -s {{_host}} link; exec /x/exchange"]
                  lifecycle: {postStart: {exec: {command: [sh, -c, "until readlink /v/sub; do :; done"]} } }
                  volumeMounts: [{name: v, mountPath: /v}, {name: x, mountPath: /x}]
            {{victims}}
            """;
    }

    /// <summary>
    /// One that is not even root leaves links to the node's files in the volume of its group, and links that lead back to where they are.
    /// </summary>
    private string Links() => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: links}
        spec:
          terminationGracePeriodSeconds: 0
          securityContext: {runAsUser: 1000, runAsGroup: 1000, fsGroup: 2000}
          volumes: [{name: v, emptyDir: { } }]
          containers:
            - name: c
              image: busybox
              imagePullPolicy: IfNotPresent
              command: [sh, -c, "mkdir /v/part; echo text > /v/part/file; exec sleep 3600"]
              lifecycle: {postStart: {exec: {command: [sh, -c, "until cat /v/part/file; do :; done; ln -s {{_host}} /v/host; ln -s . /v/one; ln -s . /v/two"]} } }
              volumeMounts: [{name: v, mountPath: /v}]
            - name: part
              image: busybox
              imagePullPolicy: IfNotPresent
              command: [sh, -c, "cat /file; exec sleep 3600"]
              volumeMounts: [{name: v, mountPath: /dir, subPath: part}, {name: v, mountPath: /file, subPath: part/file}]
        """;

    [Fact]
    public async Task OfVolumes_ReachNothingOfTheNode_AcrossARestart_AndDownLeavesNoMount()
    {
        Assert.SkipWhen(ExchangeProgram.Missing is not null, ExchangeProgram.Missing ?? "");
        await File.WriteAllTextAsync(Secret, "", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(Secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var (cox, kubectl) = await CoxCluster.WithBusyboxAsync();
        await using var _ = cox;
        await kubectl.FeedAsync("create", Links());
        await kubectl.FeedAsync("create", Attack());
        await kubectl.PodReadyAsync("links");
        const string States = "{range .status.containerStatuses[*]}{.state.running.startedAt}{.state.waiting.message}{\"\\n\"}{end}";
        await Eventually.GetAsync(() => kubectl.FieldAsync("get pod attack", States), all => all.Split('\n') is { Length: 11 } lines
            && lines.All(l => l.StartsWith("20", StringComparison.Ordinal) || l.StartsWith("failed to prepare subPath", StringComparison.Ordinal)), "each container runs or was refused");
        AssertUntouched();

        const string Started = "{range .status.containerStatuses[*]}{.containerID} {.state.running.startedAt} {.restartCount};{end}";
        var before = await kubectl.FieldAsync("get pod links", Started);
        await cox.KillAsync();
        await cox.UpAsync();
        await kubectl.FeedAsync("create", Manifests.Sleeper("after"));
        await kubectl.PodReadyAsync("after");
        await kubectl.PodReadyAsync("links");
        Assert.Equal(before, await kubectl.FieldAsync("get pod links", Started));
        Assert.Equal("text", await cox.ExecAsync(kubectl, "links", "part", "cat", "/dir/file"));
        Assert.Equal("text", await cox.ExecAsync(kubectl, "links", "part", "cat", "/file"));
        AssertUntouched();

        await kubectl.LineAsync("delete pod links --timeout=60s");
        (await cox.CoxAsync("down")).Succeeded();
        AssertUntouched();
        Assert.DoesNotContain(cox.DataDirectory, await File.ReadAllTextAsync("/proc/mounts", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(cox.DataDirectory, "node", "pods")));
    }

    /// <summary>Nothing was made in the node's directory, and its file is as closed as it was.</summary>
    private void AssertUntouched()
    {
        Assert.Equal([Secret], Directory.GetFileSystemEntries(_host));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Secret));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(_host) & (UnixFileMode.GroupWrite | UnixFileMode.SetGroup));
    }
}
