using Coxswain.EndToEnd.Harness;

namespace Coxswain.Testing.Tests.Kubectls;

/// <summary><c>kubectl rollout</c> in every version that users have, on simulated nodes.</summary>
public sealed class RolloutTests() : KubectlTest(nodes: 2)
{
    private Kubectl? _kubectl;

    private Kubectl K => _kubectl ?? throw new InvalidOperationException("no kubectl");

    private static string Workload(string kind, string more = "") => $$$"""
        apiVersion: apps/v1
        kind: {{{kind}}}
        metadata: {name: web, annotations: {kubernetes.io/change-cause: the first}}
        spec:
          {{{more}}}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
                - name: c
                  image: "example:1"
        """;

    [Theory, MemberData(nameof(Versions))]
    public async Task Deployment_UpdatedUndonePausedResumedRestarted_SaysSo(string version)
    {
        _kubectl = Use(version);
        await K.FeedAsync("create", Workload("Deployment", "replicas: 4"));
        await RolledOutAsync("deployment/web", "deployment \"web\" successfully rolled out");
        Assert.Equal("deployment.apps/web image updated", await K.LineAsync("set image deployment/web c=example:2"));
        await K.GetAsync("annotate", "deployment", "web", "kubernetes.io/change-cause=the second", "--overwrite");
        await RolledOutAsync("deployment/web", "deployment \"web\" successfully rolled out");
        await HistoryAsync("deployment/web", "1 the first", "2 the second");
        Assert.Matches(@"(?s)revision #1.*app=web.*Image:\s+example:1", await K.LineAsync("rollout history deployment/web --revision=1"));

        // Back, and back again to a revision by its number.
        Assert.Equal("deployment.apps/web rolled back", await K.LineAsync("rollout undo deployment/web"));
        await RolledOutAsync("deployment/web", "deployment \"web\" successfully rolled out");
        await ImagesAsync("example:1");
        await HistoryAsync("deployment/web", "2 the second", "3 the first");
        await K.LineAsync("rollout undo deployment/web --to-revision=2");
        await ImagesAsync("example:2");
        await HistoryAsync("deployment/web", "3 the first", "4 the second");
        Assert.Contains("unable to find specified revision 2 in history", (await K.TryLineAsync("rollout undo deployment/web --to-revision=2")).Failed().Error, StringComparison.Ordinal);

        // Paused: changes wait, and so does all else that would roll out.
        Assert.Equal("deployment.apps/web paused", await K.LineAsync("rollout pause deployment/web"));
        await K.LineAsync("set image deployment/web c=example:3");
        await Eventually.IsAsync(() => K.FieldAsync("get deployment web", "{.status.conditions[?(@.type=='Progressing')].reason}"), "DeploymentPaused");
        await Eventually.TrueAsync(async () => await K.FieldAsync("get deployment web", "{.metadata.generation}") == await K.FieldAsync("get deployment web", "{.status.observedGeneration}"), "the change is seen");
        Assert.Equal("2", (await K.LineAsync("get replicasets -o name")).Split('\n').Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains("cannot rollback a paused deployment", (await K.TryLineAsync("rollout undo deployment/web")).Failed().Error, StringComparison.Ordinal);
        Assert.Contains("can't restart paused deployment", (await K.TryLineAsync("rollout restart deployment/web")).Failed().Error, StringComparison.Ordinal);
        Assert.Equal("deployment.apps/web resumed", await K.LineAsync("rollout resume deployment/web"));
        await ImagesAsync("example:3");

        Assert.Equal("deployment.apps/web restarted", await K.LineAsync("rollout restart deployment/web"));
        await RolledOutAsync("deployment/web", "deployment \"web\" successfully rolled out");
        await HistoryAsync("deployment/web", "3 the first", "4 the second", "5 the second", "6 the second");
        await Eventually.ContainsAsync(() => K.LineAsync("describe deployment web"), "Scaled up replica set web-");
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Deployment_ThatCannotFinish_StatusSaysWhatItWaitsFor(string version)
    {
        _kubectl = Use(version);
        await K.FeedAsync("create", Workload("Deployment", "replicas: 3\n  progressDeadlineSeconds: 2\n  minReadySeconds: 1").Replace("example:1", "example:1\"\n          readinessProbe: {exec: {command: [\"false\"]}, periodSeconds: 1}\n          imagePullPolicy: \"IfNotPresent", StringComparison.Ordinal));

        var status = (await K.TryLineAsync("rollout status deployment/web --timeout=60s")).Failed();

        Assert.Contains("Waiting for deployment \"web\" rollout to finish: 0 of 3 updated replicas are available...", status.Output, StringComparison.Ordinal);
        Assert.Contains("deployment \"web\" exceeded its progress deadline", status.Error, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task DaemonSet_UpdatedUndoneRestarted_KeepsItsHistory(string version)
    {
        _kubectl = Use(version);
        await K.FeedAsync("create", Workload("DaemonSet"));
        await RolledOutAsync("daemonset/web", "daemon set \"web\" successfully rolled out");
        await K.FeedAsync("apply", Workload("DaemonSet").Replace("the first", "the second", StringComparison.Ordinal).Replace("example:1", "example:2", StringComparison.Ordinal));
        await RolledOutAsync("daemonset/web", "daemon set \"web\" successfully rolled out");
        await HistoryAsync("daemonset/web", "1 the first", "2 the second");
        Assert.Matches(@"(?s)revision #1.*app=web.*Image:\s+example:1", await K.LineAsync("rollout history daemonset/web --revision=1"));
        await Eventually.GetAsync(() => K.LineAsync("get controllerrevisions --no-headers"), s => System.Text.RegularExpressions.Regex.IsMatch(s, @"^web-\w+\s+daemonset\.apps/web\s+[12]\s+\S+\nweb-\w+\s+daemonset\.apps/web\s+[12]\s+\S+$"), "two revisions");

        Assert.Equal("daemonset.apps/web rolled back", await K.LineAsync("rollout undo daemonset/web"));
        await RolledOutAsync("daemonset/web", "daemon set \"web\" successfully rolled out");
        await ImagesAsync("example:1");
        await HistoryAsync("daemonset/web", "2 the second", "3 the first");
        await K.LineAsync("rollout undo daemonset/web --to-revision=2");
        await ImagesAsync("example:2");
        await HistoryAsync("daemonset/web", "3 the first", "4 the second");
        Assert.Contains("unable to find specified revision 9 in history", (await K.TryLineAsync("rollout undo daemonset/web --to-revision=9")).Failed().Error, StringComparison.Ordinal);

        Assert.Equal("daemonset.apps/web restarted", await K.LineAsync("rollout restart daemonset/web"));
        await RolledOutAsync("daemonset/web", "daemon set \"web\" successfully rolled out");
        await HistoryAsync("daemonset/web", "3 the first", "4 the second", "5 the second");
        Assert.Contains("daemonsets.apps \"web\" pausing is not supported", (await K.TryLineAsync("rollout pause daemonset/web")).Failed().Error, StringComparison.Ordinal);
    }

    private async Task RolledOutAsync(string what, string line) => Assert.EndsWith(line, await K.LineAsync($"rollout status {what} --timeout=60s"), StringComparison.Ordinal);

    private Task ImagesAsync(string image) => Eventually.IsAsync(async () =>
        string.Join(' ', (await K.FieldAsync("get pods -l app=web", "{.items[*].spec.containers[0].image}")).Split(' ').Distinct()), image);

    private Task HistoryAsync(string what, params string[] rows) => Eventually.IsAsync(async () =>
        string.Join('\n', (await K.LineAsync($"rollout history {what}")).Split('\n').SkipWhile(l => !l.StartsWith("REVISION", StringComparison.Ordinal)).Skip(1).Where(l => l.Length > 0)
            .Select(l => System.Text.RegularExpressions.Regex.Replace(l.Trim(), @"\s{2,}", " "))), string.Join('\n', rows));
}
