using System.Diagnostics;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Pods;

[Collection("pods")]
public sealed class LiveVolumeTests(PodCluster cluster)
{
    private const string Reader = """
        apiVersion: v1
        kind: Pod
        metadata: {name: reader}
        spec:
          terminationGracePeriodSeconds: 0
          volumes:
            - {name: map, configMap: {name: app}}
            - {name: secret, secret: {secretName: key}}
          containers:
            - name: c
              image: busybox
              imagePullPolicy: IfNotPresent
              command: [sleep, "3600"]
              volumeMounts: [{name: map, mountPath: /map}, {name: secret, mountPath: /secret}]
        """;

    /// <summary>
    /// The promise is one second from the change to the file. A busy machine can make any one change late, so the middle of seven counts: were there a
    /// poll or a cache with a life of its own behind it, more than half of them would be late.
    /// </summary>
    [Theory]
    [InlineData("configmap", "app", "data", "/map/text", "changed-{0}")]
    [InlineData("secret", "key", "stringData", "/secret/text", "changed-{0}")]
    public async Task ChangedObject_IsInTheMountedFileWithinASecond(string kind, string name, string field, string path, string text)
    {
        var kubectl = await cluster.NamespaceAsync();
        await kubectl.LineAsync("create configmap app --from-literal=text=0");
        await kubectl.LineAsync("create secret generic key --from-literal=text=0");
        await kubectl.FeedAsync("create", Reader);
        await kubectl.PodReadyAsync("reader");
        // The container's file itself, seen from the node's side: asking inside costs more time than what is measured.
        var uid = await kubectl.FieldAsync("get pod reader", "{.metadata.uid}");
        var pods = Path.Combine(cluster.Cox.DataDirectory, "node", "pods", uid);
        var file = Directory.EnumerateFiles(pods, "text", SearchOption.AllDirectories).First(f => f.Contains(kind, StringComparison.Ordinal) && !f.Contains("..", StringComparison.Ordinal));
        var took = new List<TimeSpan>();
        for (var i = 1; i <= 7; i++)
        {
            var wanted = string.Format(null, text, i);
            await kubectl.GetAsync("patch", kind, name, "-p", $"{{\"{field}\":{{\"text\":\"{wanted}\"}}}}");
            var clock = Stopwatch.StartNew();
            while (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken) != wanted)
            {
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{path} does not show {wanted}");
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
            took.Add(clock.Elapsed);
        }
        Assert.Equal("changed-7", await kubectl.LineAsync($"exec reader -- cat {path}"));
        took.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(' ', took.Select(t => $"{t.TotalMilliseconds:0.0} ms")));
        Assert.True(took[3] < TimeSpan.FromSeconds(1), string.Join(' ', took));
    }
}
