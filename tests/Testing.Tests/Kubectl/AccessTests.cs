using Coxswain.EndToEnd.Harness;

namespace Coxswain.Testing.Tests.Kubectls;

/// <summary><c>kubectl auth</c> in every version that users have.</summary>
public sealed class AccessTests() : KubectlTest(nodes: 0)
{
    [Theory, MemberData(nameof(Versions))]
    public async Task Auth_CanIAndWhoAmI_AnswerForTheAdmin(string version)
    {
        var kubectl = Use(version);

        Assert.Equal("yes", await kubectl.LineAsync("auth can-i create deployments.apps"));
        Assert.Equal("yes", await kubectl.LineAsync("auth can-i * *"));
        Assert.Equal("yes", await kubectl.LineAsync("auth can-i get /metrics"));
        var rules = await kubectl.LineAsync("auth can-i --list");
        Assert.Matches(@"(?m)^\*\.\*\s+\[\]\s+\[\]\s+\[\*\]$", rules);
        Assert.Matches(@"(?m)^selfsubjectaccessreviews\.authorization\.k8s\.io\s+\[\]\s+\[\]\s+\[create\]$", rules);
        Assert.Matches(@"(?m)^\s+\[/openapi/\*\]\s+\[\]\s+\[get\]$", rules);
        var who = await kubectl.LineAsync("auth whoami");
        Assert.Matches(@"(?m)^Username\s+kubernetes-admin", who);
        Assert.Matches(@"(?m)^Groups\s+\[system:masters system:authenticated\]", who);
        Assert.Equal("no", (await kubectl.TryLineAsync("auth can-i list pods --as=bob")).Failed().Output.Trim());
        Assert.Equal("yes", await kubectl.LineAsync("auth can-i list pods --as=bob --as-group=system:masters"));
    }

    [Theory, MemberData(nameof(Versions))]
    public async Task Auth_CanI_AsAServiceAccount_SaysNo(string version)
    {
        var admin = Use(version);
        var token = await admin.LineAsync("create token default");
        var lines = File.ReadLines(Cluster.WriteKubeconfig()).Select(l => l.Contains("client-key-data:", StringComparison.Ordinal) ? $"{l[..l.IndexOf("client", StringComparison.Ordinal)]}token: {token}" : l);
        var config = Cluster.WriteKubeconfig() + ".robot";
        await File.WriteAllLinesAsync(config, lines.Where(l => !l.Contains("client-certificate-data:", StringComparison.Ordinal)).ToList(), TestContext.Current.CancellationToken);
        var robot = new Kubectl(Kubectl.Find(version)!, config, "default");

        Assert.Equal("no", (await robot.TryLineAsync("auth can-i list pods")).Failed().Output.Trim());
        Assert.Equal("yes", await robot.LineAsync("auth can-i create selfsubjectreviews.authentication.k8s.io"));
        Assert.Matches(@"(?m)^Username\s+system:serviceaccount:default:default", await robot.LineAsync("auth whoami"));
    }
}
