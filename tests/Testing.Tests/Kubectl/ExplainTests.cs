using Coxswain.EndToEnd.Harness;

namespace Coxswain.Testing.Tests.Kubectls;

/// <summary><c>kubectl explain</c>, from OpenAPI, in every version that users have.</summary>
public sealed class ExplainTests() : KubectlTest(nodes: 0)
{
    [Theory, MemberData(nameof(Versions))]
    public async Task Explain_TellsTypesAndTheWordsThatAFieldMayBe(string version)
    {
        var kubectl = Use(version);

        Assert.Matches(@"(?s)KIND:\s+Deployment\s.*replicas\s+<integer>", await kubectl.LineAsync("explain deployment.spec"));
        Assert.Matches(@"(?s)GROUP:\s+apps\s.*VERSION:\s+v1\s.*FIELD:? \S*strategy", (await kubectl.LineAsync("explain deployment.spec.strategy")).Replace("FIELDS", "", StringComparison.Ordinal));
        Assert.Contains("spec\t<PodSpec>", await kubectl.LineAsync("explain pod"), StringComparison.Ordinal);
        if (await kubectl.MinorAsync() < 28) return; // older ones know nothing of the words
        await WordsAsync(kubectl, "pod.spec.restartPolicy", "Always", "Never", "OnFailure");
        await WordsAsync(kubectl, "pod.spec.containers.imagePullPolicy", "Always", "IfNotPresent", "Never");
        await WordsAsync(kubectl, "pod.spec.containers.ports.protocol", "SCTP", "TCP", "UDP");
        await WordsAsync(kubectl, "service.spec.type", "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        await WordsAsync(kubectl, "deployment.spec.strategy.type", "Recreate", "RollingUpdate");
        await WordsAsync(kubectl, "quota.spec.scopeSelector.matchExpressions.operator", "DoesNotExist", "Exists", "In", "NotIn");
        await WordsAsync(kubectl, "quota.spec.scopeSelector.matchExpressions.scopeName", "BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating", "VolumeAttributesClass");
        Assert.Contains("    SIGRTMIN+9\n    SIGSEGV\n    SIGSTKFLT\n    SIGSTOP\n    SIGSYS\n    SIGTERM\n", await kubectl.LineAsync("explain pod.spec.containers.lifecycle.stopSignal"), StringComparison.Ordinal);
    }

    private static async Task WordsAsync(Kubectl kubectl, string field, params string[] words) =>
        Assert.Contains($"ENUM:\n    {string.Join("\n    ", words)}\n", await kubectl.LineAsync($"explain {field}"), StringComparison.Ordinal);
}
