using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Pods;

/// <summary>kubectl logs with its options.</summary>
[Collection("pods")]
public sealed class LogTests(PodCluster cluster)
{
    /// <summary>Two containers; one ends its first life in failure, the other says <c>last</c> and ends when told.</summary>
    private const string Talkers = """
        apiVersion: v1
        kind: Pod
        metadata: {name: talk}
        spec:
          restartPolicy: OnFailure
          terminationGracePeriodSeconds: 1
          volumes: [{name: d, emptyDir: {}}]
          containers:
            - name: twice
              image: busybox
              imagePullPolicy: IfNotPresent
              command: [sh, -c, "echo x >> /d/lives; n=$(wc -l < /d/lives); echo life $n; [ $n -gt 1 ] && exec sleep 3600; exit 1"]
              volumeMounts: [{name: d, mountPath: /d}]
            - name: talker
              image: busybox
              imagePullPolicy: IfNotPresent
              command: [sh, -c, "echo one; echo two; sleep 2; echo three; until [ -e /d/go ]; do sleep 0.1; done; echo last"]
              volumeMounts: [{name: d, mountPath: /d}]
        """;

    [Fact]
    public async Task Logs_WithEachOption_AreThatPart()
    {
        var kubectl = await cluster.NamespaceAsync();
        await kubectl.FeedAsync("create", Talkers);
        Task<string> Talker(string options) => kubectl.LineAsync($"logs talk -c talker {options}");
        await Eventually.IsAsync(async () => (await kubectl.TryLineAsync("logs talk -c talker")).Output.Trim(), "one\ntwo\nthree"); // refused while the container is not there yet
        Assert.Equal("two\nthree", await Talker("--tail=2"));
        Assert.Equal("one\ntw", await Talker("--limit-bytes=6"));
        var stamped = (await Talker("--timestamps")).Split('\n').Select(l => l.Split(' ', 2)).ToList();
        Assert.Equal(["one", "two", "three"], stamped.Select(l => l[1]));
        Assert.All(stamped, l => Assert.True(DateTimeOffset.TryParse(l[0], null, out var at) && at > DateTimeOffset.UtcNow.AddHours(-1)));
        Assert.Equal("three", await Talker($"--since-time={DateTimeOffset.Parse(stamped[2][0], null).UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}")); // kubectl asks by whole seconds
        Assert.Equal("one\ntwo\nthree", await Talker("--since=1h"));
        await Eventually.IsAsync(() => Talker("--since=1s"), "");

        await Eventually.IsAsync(async () => (await kubectl.TryLineAsync("logs talk -c twice")).Output.Trim(), "life 2");
        Assert.Equal("life 1", await kubectl.LineAsync("logs talk -c twice --previous"));
        var none = (await kubectl.TryLineAsync("logs talk -c talker --previous")).Failed();
        Assert.Contains("previous terminated container \"talker\" in pod \"talk\" not found", none.Error, StringComparison.Ordinal);
        Assert.Contains("container nobody is not valid for pod talk", (await kubectl.TryLineAsync("logs talk -c nobody")).Failed().Error, StringComparison.Ordinal);

        // A follower sees what comes, and ends with the container.
        var following = Talker("-f --tail=1");
        await kubectl.LineAsync("exec talk -c twice -- touch /d/go");
        Assert.Equal("three\nlast", await following);
        await ExecSaysWhyNotAsync(kubectl);
    }

    private static async Task ExecSaysWhyNotAsync(Kubectl kubectl)
    {
        var ended = (await kubectl.TryLineAsync("exec talk -c talker -- ls")).Failed();
        Assert.Contains("error: Internal error occurred: unable to upgrade connection: container not found (\"talker\")", ended.Error, StringComparison.Ordinal);
        var missing = (await kubectl.TryLineAsync("exec talk -c twice -- nosuch")).Failed();
        Assert.Contains("error: Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: failed to start exec", missing.Error, StringComparison.Ordinal);
        Assert.Contains("exec: \"nosuch\": executable file not found in $PATH", missing.Error, StringComparison.Ordinal);
    }
}
