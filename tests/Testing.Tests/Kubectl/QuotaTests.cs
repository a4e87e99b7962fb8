using Coxswain.Api;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.Testing.Tests.Kubectls;

/// <summary><c>kubectl create quota</c> and what shows quotas, in every version that users have.</summary>
public sealed class QuotaTests : IAsyncLifetime
{
    private TestCluster? _cluster;

    public static TheoryData<string> Versions => Kubectl.Versions;

    public async ValueTask InitializeAsync() => _cluster = await TestCluster.StartAsync(new TestClusterOptions { Nodes = 1 }, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Quota_OfPods_IsMadeShownAndKept(string version)
    {
        var kubectl = new Kubectl(Kubectl.Find(version)!, _cluster!.WriteKubeconfig(), "team");
        await kubectl.LineAsync("create namespace team");
        await Eventually.IsAsync(() => kubectl.FieldAsync("get serviceaccount default", "{.metadata.name}"), "default");
        Assert.Equal("resourcequota/q created", await kubectl.LineAsync("create quota q --hard=pods=2,limits.memory=1Gi --scopes=NotTerminating"));
        const string Pod = """
            apiVersion: v1
            kind: Pod
            metadata: {name: NAME}
            spec: {containers: [{name: c, image: i, resources: {limits: {memory: MEMORY}}}]}
            """;
        await kubectl.FeedAsync("create", Make("a", "512Mi"));
        Assert.Contains("pods \"b\" is forbidden: exceeded quota: q, requested: limits.memory=768Mi, used: limits.memory=512Mi, limited: limits.memory=1Gi",
            (await kubectl.TryFeedAsync("create", Make("b", "768Mi"))).Failed().Error, StringComparison.Ordinal);
        Assert.Contains("pods \"b\" is forbidden: failed quota: q: must specify limits.memory for: c",
            (await kubectl.TryLineAsync("run b --image=i --overrides={\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}")).Failed().Error, StringComparison.Ordinal);

        await Eventually.IsAsync(async () => Squeeze(await kubectl.LineAsync("describe quota q")),
            "Name: q\nNamespace: team\nScopes: NotTerminating\n* Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.\n"
            + "Resource Used Hard\n-------- ---- ----\nlimits.memory 512Mi 1Gi\npods 1 2");
        Assert.Matches(@"^NAME\s+REQUEST\s+LIMIT\s+AGE\nq\s+pods: 1/2\s+limits.memory: 512Mi/1Gi\s+\S+$", await kubectl.LineAsync("get quota"));
        Assert.Contains("\nResource Quotas\nName: q\nScopes: NotTerminating\n* Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.\n"
            + "Resource Used Hard\n-------- --- ---\nlimits.memory 512Mi 1Gi\npods 1 2", Squeeze(await kubectl.LineAsync("describe namespace team")), StringComparison.Ordinal);
        Assert.Matches(@"(?s)KIND:\s+ResourceQuota\s.*hard\s+<map\[string\](Quantity|string)>.*scopeSelector\s+<(ScopeSelector|Object)>.*scopes\s+<\[\]string>", await kubectl.LineAsync("explain quota.spec"));
        Assert.Contains("unknown field \"spec.hord\"", (await kubectl.TryFeedAsync("create", "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: r}\nspec: {hord: {pods: 1}}\n")).Failed().Error, StringComparison.Ordinal);

        static string Make(string name, string memory) => Pod.Replace("NAME", name, StringComparison.Ordinal).Replace("MEMORY", memory, StringComparison.Ordinal);
    }

    /// <summary>Columns are aligned to what stands in them.</summary>
    private static string Squeeze(string text) => string.Join('\n', text.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
}
