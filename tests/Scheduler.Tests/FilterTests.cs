using Coxswain.Api;
using Coxswain.TestKit;
using k8s.Models;

namespace Coxswain.Scheduler.Tests;

/// <summary>What each filter says no to, in the words that users search for, and what makes it change its mind.</summary>
public sealed class FilterTests
{
    private static string Refusal(string reasons, string preemption = "1 Preemption is not helpful for scheduling") =>
        $"0/1 nodes are available: {reasons}. no new claims to deallocate, preemption: 0/1 nodes are available: {preemption}.";

    private const string NoVictims = "1 No preemption victims found for incoming pod";

    [Theory]
    [InlineData("ephemeral-storage", "200Gi", "1 Insufficient ephemeral-storage")]
    [InlineData("memory", "8193Mi", "1 Insufficient memory")]
    [InlineData("cpu", "4001m", "1 Insufficient cpu")]
    [InlineData("example.com/gpu", "3", "1 Insufficient example.com/gpu")]
    [InlineData("example.com/none", "1", "1 Insufficient example.com/none")]
    public async Task Request_BeyondWhatTheNodeHas_IsNamed(string resource, string amount, string reason)
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", change: Gpus);
        await rig.PodAsync("big", change: pod => pod.Spec.Containers[0].Resources.Requests[resource] = amount);

        Assert.Equal(Refusal(reason), await rig.RefusedAsync("big"));
        Assert.Equal(Refusal(reason), (await rig.EventAsync("big", "FailedScheduling")).Message);
        Assert.Equal("Warning", (await rig.EventAsync("big", "FailedScheduling")).Type);
    }

    [Theory]
    [InlineData("cpu", "4")]
    [InlineData("memory", "8Gi")]
    [InlineData("ephemeral-storage", "100Gi")]
    [InlineData("example.com/gpu", "2")]
    public async Task Request_OfAllThatTheNodeHas_Fits(string resource, string amount)
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", change: Gpus);
        await rig.PodAsync("whole", change: pod => pod.Spec.Containers[0].Resources.Requests[resource] = amount);

        Assert.Equal("n1", await rig.BoundAsync("whole"));
    }

    [Fact]
    public async Task Node_WithSeveralShortages_ListsThemSorted()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", cpu: "1", memory: "1Gi", pods: 1);
        await rig.PodAsync("first", cpu: "600m", memory: "600Mi");
        await rig.BoundAsync("first");
        await rig.PodAsync("second", cpu: "600m", memory: "600Mi");

        Assert.Equal(Refusal("1 Insufficient cpu, 1 Insufficient memory, 1 Too many pods", NoVictims), await rig.RefusedAsync("second"));
    }

    [Fact]
    public async Task PodCount_Reached_WaitsUntilAPodHasEnded()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", pods: 1);
        await rig.PodAsync("first");
        await rig.BoundAsync("first");
        await rig.PodAsync("second");
        Assert.Equal(Refusal("1 Too many pods", NoVictims), await rig.RefusedAsync("second"));

        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        rig.Api.Change(Kinds.Pods, "default", "first", pod => pod.Status.Phase = "Succeeded"); // it is still there, but holds nothing any more

        Assert.Equal("n1", await rig.BoundAsync("second"));
    }

    [Fact]
    public async Task Pod_ThatNeverPreempts_IsToldSo()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", cpu: "1");
        await rig.PodAsync("meek", cpu: "2", change: pod => pod.Spec.PreemptionPolicy = "Never");

        Assert.Equal("0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.", await rig.RefusedAsync("meek"));
    }

    [Fact]
    public async Task Allocatable_Grown_WakesThePodThatWaits()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", cpu: "1");
        await rig.PodAsync("big", cpu: "2");
        await rig.RefusedAsync("big");

        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        rig.Api.Change(Kinds.Nodes, null, "n1", node => node.Status.Allocatable["cpu"] = "2");

        Assert.Equal("n1", await rig.BoundAsync("big"));
    }

    [Theory]
    [InlineData("Gt", "3", true)]
    [InlineData("Gt", "4", false)]
    [InlineData("Lt", "5", true)]
    [InlineData("Lt", "4", false)]
    public async Task Affinity_ByNumber_ComparesTheLabel(string @operator, string than, bool fits)
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", change: node => node.Metadata.Labels["cores"] = "4");
        await rig.PodAsync("web", change: pod => pod.Spec.Affinity = Required(Term(Expression("cores", @operator, than))));

        await IsAsync(rig, "web", fits);
    }

    [Theory]
    [InlineData("a", "x", true)] // both expressions of the first term
    [InlineData("a", "y", false)]
    [InlineData("c", "y", true)] // the second term alone
    [InlineData("b", "x", false)]
    public async Task Affinity_OfSeveralTerms_IsOneOfThem_AndAllOfIts(string zone, string disk, bool fits)
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", change: node => (node.Metadata.Labels["zone"], node.Metadata.Labels["disk"]) = (zone, disk));
        await rig.PodAsync("web", change: pod => pod.Spec.Affinity = Required(
            Term(Expression("zone", "In", "a"), Expression("disk", "In", "x")), Term(Expression("zone", "In", "c"))));

        await IsAsync(rig, "web", fits);
    }

    [Theory]
    [InlineData("ssd", "a", true)]
    [InlineData("ssd", "b", false)]
    [InlineData("tape", "a", false)]
    public async Task NodeSelector_BesideAffinity_BothMustMatch(string disk, string zone, bool fits)
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", change: node => (node.Metadata.Labels["zone"], node.Metadata.Labels["disk"]) = (zone, disk));
        await rig.PodAsync("web", change: pod =>
        {
            pod.Spec.NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" };
            pod.Spec.Affinity = Required(Term(Expression("zone", "In", "a")));
        });

        await IsAsync(rig, "web", fits);
    }

    [Theory]
    [InlineData("NoSchedule", false)]
    [InlineData("NoExecute", false)]
    [InlineData("PreferNoSchedule", true)]
    public async Task Taint_OfEachEffect_KeepsOffOrNot(string effect, bool fits)
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", change: node => node.Spec.Taints = [Taint("k", effect)]);
        await rig.PodAsync("web");

        if (fits) Assert.Equal("n1", await rig.BoundAsync("web"));
        else Assert.Equal(Refusal("1 node(s) had untolerated taint(s)"), await rig.RefusedAsync("web"));
    }

    [Fact]
    public async Task Taint_OnlyOneOfTwoTolerated_KeepsOff_UntilItIsTakenAway()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", change: node => node.Spec.Taints = [Taint("a", "NoSchedule"), Taint("b", "NoSchedule")]);
        await rig.PodAsync("web", change: pod => pod.Spec.Tolerations = [new V1Toleration { Key = "a", OperatorProperty = "Exists" }]);
        await rig.RefusedAsync("web");

        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        rig.Api.Change(Kinds.Nodes, null, "n1", node => node.Spec.Taints.RemoveAt(1));

        Assert.Equal("n1", await rig.BoundAsync("web"));
    }

    [Fact]
    public async Task Taint_ThatPrefersNot_IsAvoidedWhileAnotherNodeWillDo()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("shunned", change: node => node.Spec.Taints = [Taint("k", "PreferNoSchedule")]);
        await rig.NodeAsync("plain", pods: 3);
        for (var i = 0; i < 3; i++) await rig.PodAsync($"p{i}");
        for (var i = 0; i < 3; i++) Assert.Equal("plain", await rig.BoundAsync($"p{i}"));

        await rig.PodAsync("last");
        Assert.Equal("shunned", await rig.BoundAsync("last"));
    }

    [Fact]
    public async Task Unschedulable_TakesOnlyPodsThatTolerateIt_UntilItIsUncordoned()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1", change: node => node.Spec.Unschedulable = true);
        await rig.PodAsync("web");
        await rig.PodAsync("daemon", change: pod => pod.Spec.Tolerations = [new V1Toleration { Key = Taints.Unschedulable, OperatorProperty = "Exists", Effect = "NoSchedule" }]);
        Assert.Equal("n1", await rig.BoundAsync("daemon"));
        Assert.Equal(Refusal("1 node(s) were unschedulable"), await rig.RefusedAsync("web"));

        rig.Clock.Advance(TimeSpan.FromSeconds(2));
        rig.Api.Change(Kinds.Nodes, null, "n1", node => node.Spec.Unschedulable = null);

        Assert.Equal("n1", await rig.BoundAsync("web"));
    }

    [Fact]
    public async Task HostPort_TakenByUdpOrOnAnotherAddress_IsFree()
    {
        await using var rig = await new Rig().StartAsync();
        await rig.NodeAsync("n1");
        await rig.PodAsync("tcp", change: pod => pod.Spec.Containers[0].Ports = [Port("TCP", "127.0.0.1")]);
        await rig.BoundAsync("tcp");
        await rig.PodAsync("udp", change: pod => pod.Spec.Containers[0].Ports = [Port("UDP", "127.0.0.1")]);
        await rig.PodAsync("elsewhere", change: pod => pod.Spec.Containers[0].Ports = [Port("TCP", "127.0.0.2")]);
        await rig.PodAsync("everywhere", change: pod => pod.Spec.Containers[0].Ports = [Port("TCP", null)]);

        await rig.BoundAsync("udp");
        await rig.BoundAsync("elsewhere");
        Assert.Equal(Refusal("1 node(s) didn't have free ports for the requested pod ports", NoVictims), await rig.RefusedAsync("everywhere"));

        static V1ContainerPort Port(string protocol, string? address) => new() { ContainerPort = 80, HostPort = 8080, Protocol = protocol, HostIP = address };
    }

    private static async Task IsAsync(Rig rig, string pod, bool fits)
    {
        if (fits) Assert.Equal("n1", await rig.BoundAsync(pod));
        else Assert.Equal(Refusal("1 node(s) didn't match Pod's node affinity/selector"), await rig.RefusedAsync(pod));
    }

    private static void Gpus(V1Node node) => node.Status.Allocatable["example.com/gpu"] = "2";

    private static V1Taint Taint(string key, string effect) => new() { Key = key, Effect = effect };

    private static V1NodeSelectorRequirement Expression(string key, string @operator, params string[] values) => new() { Key = key, OperatorProperty = @operator, Values = values };

    private static V1NodeSelectorTerm Term(params V1NodeSelectorRequirement[] expressions) => new() { MatchExpressions = expressions };

    private static V1Affinity Required(params V1NodeSelectorTerm[] terms) => new()
    {
        NodeAffinity = new V1NodeAffinity { RequiredDuringSchedulingIgnoredDuringExecution = new V1NodeSelector { NodeSelectorTerms = terms } },
    };
}
