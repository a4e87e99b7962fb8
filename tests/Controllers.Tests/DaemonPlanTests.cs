using k8s.Models;

namespace Coxswain.Controllers.Tests;

public sealed class DaemonPlanTests
{
    private static readonly ReadyTimes Ready = new(TimeProvider.System);
    private static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    [Fact]
    public void Make_APodIsLeaving_NeitherReplacesNorDeletesIt()
    {
        var plan = Make("0", ("n1", [Pod("a", "old", leaving: true)]));

        Assert.Empty(plan.Create);
        Assert.Empty(plan.Delete);
    }

    [Fact]
    public void Make_Surging_OneThatServesEndsTheOldOneWhileAnotherIsStillComing()
    {
        var plan = Make("1", ("n1", [Pod("a1", "old"), Pod("a2", "new", ready: false)]), ("n2", [Pod("b1", "old"), Pod("b2", "new")]), ("n3", [Pod("c1", "old")]));

        Assert.Equal(["b1"], Names(plan));
        Assert.Empty(plan.Create); // the one extra is used up on n1
    }

    [Fact]
    public void Make_SurgingAndTheOldOneServesNoMore_DeletesIt()
    {
        var plan = Make("1", ("n1", [Pod("a1", "old", ready: false), Pod("a2", "new", ready: false)]));

        Assert.Equal(["a1"], Names(plan));
    }

    [Fact]
    public void Make_SurgingWithThreeOnANode_KeepsTheOldestOfEachTemplate()
    {
        var plan = Make("1", ("n1", [Pod("a1", "old"), Pod("a2", "old"), Pod("a3", "new", ready: false)]));

        Assert.Equal(["a2"], Names(plan));
    }

    [Fact]
    public void Make_TwoOnANodeWithoutSurge_DeletesTheYoungerOnce()
    {
        var plan = Make("0", ("n1", [Pod("a1", "new"), Pod("a2", "old")]));

        Assert.Equal(["a2"], Names(plan));
    }

    [Theory]
    [InlineData(true, "mine", "NoSchedule", 0)]
    [InlineData(false, "mine", "NoSchedule", 1)] // may stay, not come: one that has failed goes, and none takes its place
    public void Make_ANodeThatTakesNoMore_LosesItsPodOnlyWhenThatHasFailed(bool runs, string taint, string effect, int deleted)
    {
        var pod = Pod("a", "new");
        if (!runs) pod.Status.Phase = "Failed";
        var node = Node("n1");
        node.Spec.Taints = [new V1Taint { Key = taint, Effect = effect }];

        var plan = DaemonPlan.Make(Set("0"), [node], new Dictionary<string, List<V1Pod>> { ["n1"] = [pod] }, "new", _ => false, Ready);

        Assert.Empty(plan.Create);
        Assert.Empty(plan.Delete);
        Assert.Equal(deleted, plan.Finished.Count);
    }

    private static DaemonPlan Make(string surge, params (string Node, List<V1Pod> Pods)[] nodes) => DaemonPlan.Make(
        Set(surge), [.. nodes.Select(node => Node(node.Node))], nodes.ToDictionary(node => node.Node, node => node.Pods), "new", pod => pod.Metadata.DeletionTimestamp is not null, Ready);

    private static IEnumerable<string> Names(DaemonPlan plan) => plan.Delete.Select(pod => pod.Metadata.Name);

    private static V1DaemonSet Set(string surge) => new()
    {
        Spec = new V1DaemonSetSpec
        {
            Template = Rig.Template("ds"),
            UpdateStrategy = new V1DaemonSetUpdateStrategy { Type = "RollingUpdate", RollingUpdate = new V1RollingUpdateDaemonSet { MaxSurge = surge, MaxUnavailable = surge == "0" ? "1" : "0" } },
        },
    };

    private static V1Node Node(string name) => new() { Metadata = new V1ObjectMeta { Name = name }, Spec = new V1NodeSpec() };

    private static V1Pod Pod(string name, string hash, bool ready = true, bool leaving = false) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["controller-revision-hash"] = hash }, DeletionTimestamp = leaving ? Now : null },
        Spec = new V1PodSpec { NodeName = "n" },
        Status = new V1PodStatus { Phase = "Running", Conditions = [new V1PodCondition { Type = "Ready", Status = ready ? "True" : "False" }] },
    };
}
