using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers.Tests;

public sealed class DeploymentTests
{
    [Fact]
    public async Task Rollout_New_MakesOneReplicaSetAndBecomesAvailable()
    {
        await using var rig = await Rig.StartAsync();
        var deployment = await rig.DeploymentAsync("web", 3);
        await FinishedAsync(rig, "web", 3);

        var set = Assert.Single(Sets(rig));
        var hash = set.Metadata.Labels["pod-template-hash"];
        Assert.Equal($"web-{hash}", set.Metadata.Name);
        Assert.Equal(hash, set.Spec.Selector.MatchLabels["pod-template-hash"]);
        Assert.Equal(hash, set.Spec.Template.Metadata.Labels["pod-template-hash"]);
        Assert.Equal(("1", "3", "4"), (set.Metadata.Annotations["deployment.kubernetes.io/revision"], set.Metadata.Annotations["deployment.kubernetes.io/desired-replicas"], set.Metadata.Annotations["deployment.kubernetes.io/max-replicas"]));
        Assert.Equal(deployment.Metadata.Uid, OwnerReferences.ControllerOf(set)!.Uid);
        await rig.EventAsync("web", "ScalingReplicaSet", $"Scaled up replica set {set.Metadata.Name} from 0 to 3");

        var found = rig.Api.Find(Kinds.Deployments, Rig.Ns, "web")!;
        Assert.Equal("1", found.Metadata.Annotations["deployment.kubernetes.io/revision"]);
        Assert.Equal(["Available True MinimumReplicasAvailable Deployment has minimum availability.", $"Progressing True NewReplicaSetAvailable ReplicaSet \"{set.Metadata.Name}\" has successfully progressed."],
            found.Status.Conditions.Select(condition => $"{condition.Type} {condition.Status} {condition.Reason} {condition.Message}"));
    }

    [Fact]
    public async Task Rollout_TemplateChanged_ReplacesWithinSurgeAndUnavailable()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 4);
        await FinishedAsync(rig, "web", 4);
        SetImage(rig, "nginx:2");

        var (most, least) = (0, int.MaxValue);
        await rig.UntilAsync(() =>
        {
            var pods = rig.Pods();
            (most, least) = (Math.Max(most, Sets(rig).Sum(set => set.Spec.Replicas!.Value)), Math.Min(least, pods.Count(PodState.IsReady)));
            rig.Kubelet();
            return IsFinished(rig, "web", 4) && pods.All(pod => pod.Spec.Containers[0].Image == "nginx:2");
        });
        Assert.InRange(most, 4, 5); // maxSurge 25 %
        Assert.InRange(least, 3, 4); // maxUnavailable 25 %
        Assert.Equal(["1", "2"], Sets(rig).Select(set => set.Metadata.Annotations["deployment.kubernetes.io/revision"]).Order());
        Assert.Equal([0, 4], Sets(rig).Select(set => set.Spec.Replicas!.Value).Order());
    }

    [Fact]
    public async Task Rollout_Undone_ReusesTheOldReplicaSetUnderANewRevision()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 2);
        await FinishedAsync(rig, "web", 2);
        var first = Sets(rig)[0].Metadata.Name;
        SetImage(rig, "nginx:2");
        await rig.RunUntilAsync(() => IsFinished(rig, "web", 2) && rig.Pods().All(pod => pod.Spec.Containers[0].Image == "nginx:2"));
        SetImage(rig, "nginx:1");
        await rig.RunUntilAsync(() => IsFinished(rig, "web", 2) && rig.Pods().All(pod => pod.Spec.Containers[0].Image == "nginx:1"));

        Assert.Equal(2, Sets(rig).Count);
        var reused = rig.Api.Find(Kinds.ReplicaSets, Rig.Ns, first)!;
        Assert.Equal(("3", "1"), (reused.Metadata.Annotations["deployment.kubernetes.io/revision"], reused.Metadata.Annotations["deployment.kubernetes.io/revision-history"]));
        await rig.UntilAsync(Kinds.Deployments, Rig.Ns, "web", deployment => deployment.Metadata.Annotations["deployment.kubernetes.io/revision"] == "3");
    }

    [Fact]
    public async Task Rollout_Recreate_EndsAllOldPodsBeforeTheFirstNew()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 3, spec => spec.Strategy = new V1DeploymentStrategy { Type = "Recreate" });
        await FinishedAsync(rig, "web", 3);
        SetImage(rig, "nginx:2");

        await rig.UntilAsync(() => rig.Api.All(Kinds.Pods).All(PodState.IsTerminating)); // asked to go, still running
        Assert.Single(Sets(rig));
        await rig.RunUntilAsync(() => IsFinished(rig, "web", 3) && rig.Pods().All(pod => pod.Spec.Containers[0].Image == "nginx:2"));
    }

    [Fact]
    public async Task Scale_Alone_KeepsTheReplicaSet()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 2);
        await FinishedAsync(rig, "web", 2);
        rig.Api.Change(Kinds.Deployments, Rig.Ns, "web", deployment => deployment.Spec.Replicas = 5);
        await FinishedAsync(rig, "web", 5);

        var set = Assert.Single(Sets(rig));
        Assert.Equal("5", set.Metadata.Annotations["deployment.kubernetes.io/desired-replicas"]);
        await rig.EventAsync("web", "ScalingReplicaSet", $"Scaled up replica set {set.Metadata.Name} from 2 to 5");
    }

    [Fact]
    public async Task Pause_TemplateChanged_WaitsUntilResumed()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 2);
        await FinishedAsync(rig, "web", 2);
        rig.Api.Change(Kinds.Deployments, Rig.Ns, "web", deployment => deployment.Spec.Paused = true);
        await rig.UntilAsync(Kinds.Deployments, Rig.Ns, "web", deployment => Progressing(deployment) == "Unknown DeploymentPaused Deployment is paused");
        SetImage(rig, "nginx:2");
        await rig.UntilAsync(Kinds.Deployments, Rig.Ns, "web", deployment => deployment.Status.ObservedGeneration == deployment.Metadata.Generation);
        Assert.Single(Sets(rig));

        rig.Api.Change(Kinds.Deployments, Rig.Ns, "web", deployment => deployment.Spec.Paused = false);
        await rig.RunUntilAsync(() => IsFinished(rig, "web", 2) && rig.Pods().All(pod => pod.Spec.Containers[0].Image == "nginx:2"));
    }

    [Fact]
    public async Task Rollout_Stuck_TimesOutAfterTheDeadline()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 2, spec => spec.ProgressDeadlineSeconds = 60);
        await rig.PodsAsync(2);
        await rig.UntilAsync(Kinds.Deployments, Rig.Ns, "web", deployment => deployment.Status?.UnavailableReplicas == 2 && deployment.Status.UpdatedReplicas == 2);

        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(5));
            return Progressing(rig.Api.Find(Kinds.Deployments, Rig.Ns, "web")!).StartsWith("False ProgressDeadlineExceeded", StringComparison.Ordinal);
        });
        Assert.Equal($"False ProgressDeadlineExceeded ReplicaSet \"{Sets(rig)[0].Metadata.Name}\" has timed out progressing.", Progressing(rig.Api.Find(Kinds.Deployments, Rig.Ns, "web")!));
    }

    [Fact]
    public async Task History_BeyondTheLimit_DeletesTheOldest()
    {
        await using var rig = await Rig.StartAsync();
        await rig.DeploymentAsync("web", 1, spec => spec.RevisionHistoryLimit = 1);
        await FinishedAsync(rig, "web", 1);
        for (var i = 2; i <= 4; i++)
        {
            SetImage(rig, $"nginx:{i}");
            await rig.RunUntilAsync(() => IsFinished(rig, "web", 1) && rig.Pods().All(pod => pod.Spec.Containers[0].Image == $"nginx:{i}"));
        }

        await rig.RunUntilAsync(() => Sets(rig).Count == 2);
        Assert.Equal(["3", "4"], Sets(rig).Select(set => set.Metadata.Annotations["deployment.kubernetes.io/revision"]).Order());
    }

    [Fact]
    public async Task Rollout_HashTakenByAStranger_TakesAnother()
    {
        await using var rig = await Rig.StartAsync();
        var name = $"web-{PodTemplates.Hash(Rig.Template("web"), null)}";
        var stranger = Kinds.ReplicaSets.New(Rig.Ns, name);
        stranger.Spec = new V1ReplicaSetSpec { Replicas = 0, Selector = Rig.Selector("other"), Template = Rig.Template("other") };
        await rig.CreateAsync(Kinds.ReplicaSets, stranger);
        await rig.DeploymentAsync("web", 1);

        await rig.UntilAsync(() =>
        {
            rig.Clock.Advance(TimeSpan.FromMilliseconds(10));
            return Sets(rig).Count == 2;
        });
        Assert.Equal(1, rig.Api.Find(Kinds.Deployments, Rig.Ns, "web")!.Status.CollisionCount);
    }

    [Fact]
    public void Proportions_GrownInMidRollout_SharesBySize()
    {
        var deployment = new V1Deployment { Metadata = new V1ObjectMeta { Name = "d" }, Spec = new V1DeploymentSpec { Replicas = 15, Strategy = new V1DeploymentStrategy { RollingUpdate = new V1RollingUpdateDeployment { MaxSurge = 3, MaxUnavailable = 2 } } } };

        var sizes = DeploymentMath.Proportions(deployment, [Set("old", 8), Set("new", 5)]); // 13 of at most 13 before; 18 now

        Assert.Equal([("old", 11), ("new", 7)], sizes.Select(each => (each.ReplicaSet.Metadata.Name, each.Size)));

        static V1ReplicaSet Set(string name, int size) => new()
        {
            Metadata = new V1ObjectMeta { Name = name, Annotations = new Dictionary<string, string> { ["deployment.kubernetes.io/max-replicas"] = "13", ["deployment.kubernetes.io/desired-replicas"] = "10" } },
            Spec = new V1ReplicaSetSpec { Replicas = size },
        };
    }

    private static IReadOnlyList<V1ReplicaSet> Sets(Rig rig) => rig.Api.All(Kinds.ReplicaSets, Rig.Ns);

    private static void SetImage(Rig rig, string image) => rig.Api.Change(Kinds.Deployments, Rig.Ns, "web", deployment => deployment.Spec.Template.Spec.Containers[0].Image = image);

    private static string Progressing(V1Deployment deployment) => deployment.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Progressing") is { } found ? $"{found.Status} {found.Reason} {found.Message}" : "";

    private static bool IsFinished(Rig rig, string name, int replicas) =>
        rig.Api.Find(Kinds.Deployments, Rig.Ns, name) is { Status: { } status } deployment
        && DeploymentStatus.IsComplete(deployment, status) && status.AvailableReplicas == replicas && status.ObservedGeneration == deployment.Metadata.Generation
        && status.Conditions.Any(condition => condition.Reason == "NewReplicaSetAvailable");

    private static Task FinishedAsync(Rig rig, string name, int replicas) => rig.RunUntilAsync(() => IsFinished(rig, name, replicas),
        () => System.Text.Encoding.UTF8.GetString(Kinds.Deployments.Encode(rig.Api.Find(Kinds.Deployments, Rig.Ns, name)!)));
}
