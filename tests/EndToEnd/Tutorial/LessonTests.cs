using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Tutorial;

/// <summary>The commands that stand in the examples' READMEs, typed as they are printed.</summary>
[Collection("tutorial")]
public sealed class LessonTests(TutorialCluster cluster)
{
    /// <summary>What a reader types in another shell, but for the directory of this cluster's data.</summary>
    [Fact]
    public async Task Readme_CommandsForTheOtherShell_Work()
    {
        var readme = File.ReadAllLines(Path.Combine(Repository.Root, "README.md"));
        var shell = readme.SkipWhile(l => l != "In another shell:").Skip(2).TakeWhile(l => l.StartsWith("    ", StringComparison.Ordinal)).Select(l => l.Trim()).ToList();
        Assert.Equal("export KUBECONFIG=/var/lib/coxswain/kubeconfig", shell[0]);
        Assert.True(shell.Count > 5, "the README's commands stand elsewhere now");
        var commands = string.Join('\n', shell.Skip(1).Select(l => l.StartsWith("artifacts/cox ", StringComparison.Ordinal) ? $"{l} --data-dir {cluster.Cox.DataDirectory}" : l));
        try
        {
            var result = await Command.RunAsync("bash", ["-e", "-o", "pipefail", "-c", commands], new Dictionary<string, string> { ["KUBECONFIG"] = cluster.Cox.Kubeconfig, ["HOME"] = KubectlHome.Directory });
            Assert.Contains("successfully rolled out", result.Succeeded().Output, StringComparison.Ordinal);
        }
        finally { await cluster.Cox.Kubectl().RunAsync("delete", "-f", Repository.Example("03-deployment/nginx-deployment.yaml"), "--ignore-not-found", "-n", "default"); }
    }

    [Theory]
    [InlineData("01-pods", "hello from the writer\nhello from the writer")]
    [InlineData("03-deployment", "deployment.apps/nginx-deployment rolled back")]
    [InlineData("04-nginx-and-tomcat", "2/2")]
    [InlineData("05-configmap-create", "Tomcatサーバーの構成")]
    [InlineData("06-configmap-env", "configmapPod=www.docker.com")]
    [InlineData("07-configmap-volume", "<Server port=\"8005\"")]
    public async Task Lesson_CommandsAsPrinted_WorkAndLeaveNothing(string lesson, string shows)
    {
        var kubectl = Kubectl.Find("1.33") ?? Kubectl.Find()!;
        var all = CommandsOf(lesson).ToList();
        // Before 1.30 kubectl does exec over SPDY alone, and a machine may have no other: all but those lines.
        var minor = await new Kubectl(kubectl, cluster.Cox.Kubeconfig).MinorAsync();
        var typed = minor >= 30 ? all : all.Where(c => !c.StartsWith("kubectl exec ", StringComparison.Ordinal)).ToList();
        var commands = string.Concat(typed.Select(c => (c.StartsWith("kubectl wait --for=jsonpath", StringComparison.Ordinal) && minor < 23 ? WaitForSuccess : c) + "\n"));
        var result = await Command.RunAsync("bash", ["-e", "-o", "pipefail", "-c", $"kubectl() {{ '{kubectl}' \"$@\"; }}\n{commands}"],
            new Dictionary<string, string> { ["KUBECONFIG"] = cluster.Cox.Kubeconfig, ["HOME"] = KubectlHome.Directory }, directory: Repository.Example(lesson));
        result.Succeeded();
        if (typed.Count == all.Count) Assert.Contains(shows, result.Output, StringComparison.Ordinal);
        var left = await cluster.Cox.Kubectl().In("default").GetAsync("get", "deployments,pods,configmaps,services", "-o", "name");
        Assert.Equal(["configmap/kube-root-ca.crt", "service/kubernetes"], left.Split('\n').Where(l => !l.StartsWith("pod/", StringComparison.Ordinal)).Order());
    }

    /// <summary>What stands for <c>kubectl wait --for=jsonpath</c> where that is not known yet: until no Pod is in another phase.</summary>
    private const string WaitForSuccess = "for i in $(seq 60); do [ -z \"$(kubectl get pods --field-selector status.phase!=Succeeded -o name)\" ] && break; sleep 1; done";

    /// <summary>The indented lines, which are what a reader types.</summary>
    private static IEnumerable<string> CommandsOf(string lesson) =>
        File.ReadLines(Repository.Example($"{lesson}/README.md")).Where(l => l.StartsWith("    ", StringComparison.Ordinal)).Select(l => l.Trim());
}
