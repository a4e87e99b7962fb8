using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>What to do for one DaemonSet, worked out from nodes and Pods alone.</summary>
internal sealed class DaemonPlan
{
    /// <summary>Nodes that get a Pod.</summary>
    public List<string> Create { get; } = [];
    public List<V1Pod> Delete { get; } = [];
    /// <summary>Finished Pods on nodes that should have a running one; they go, with a word about it.</summary>
    public List<(V1Pod Pod, string Node)> Finished { get; } = [];

    /// <param name="onNode">The set's Pods by the node they are on or meant for, oldest first.</param>
    /// <param name="isLeaving">Whether a Pod has been asked to go. Until it is gone nobody takes its place: both would want the same ports and files of the node.</param>
    public static DaemonPlan Make(V1DaemonSet set, IReadOnlyList<V1Node> nodes, IReadOnlyDictionary<string, List<V1Pod>> onNode, string hash, Func<V1Pod, bool> isLeaving, ReadyTimes ready)
    {
        var plan = new DaemonPlan();
        var run = new List<(string, List<V1Pod>)>();
        foreach (var node in nodes)
        {
            var all = onNode.GetValueOrDefault(node.Metadata.Name) ?? [];
            var pods = all.Where(pod => !isLeaving(pod)).ToList();
            var verdict = DaemonPods.Judge(set, node);
            if (verdict.Run) run.Add((node.Metadata.Name, [.. pods.Where(pod => !PodState.IsTerminal(pod))]));
            if (verdict.Run && all.Count == 0) plan.Create.Add(node.Metadata.Name);
            else if (verdict.Keep) plan.Tidy(set, node.Metadata.Name, pods, hash);
            else plan.Delete.AddRange(pods);
        }
        // Pods on or for nodes that are gone: the scheduler cannot place them, the garbage collector takes those that ran.
        foreach (var (node, pods) in onNode)
        {
            if (nodes.All(known => known.Metadata.Name != node)) plan.Delete.AddRange(pods.Where(pod => !PodState.IsScheduled(pod) && !isLeaving(pod)));
        }
        if (set.Spec.UpdateStrategy?.Type != "OnDelete") plan.Roll(set, run, hash, ready);
        return plan;
    }

    /// <summary>One Pod a node is kept, the oldest; while one comes up beside another, one of each template.</summary>
    private void Tidy(V1DaemonSet set, string node, List<V1Pod> pods, string hash)
    {
        foreach (var pod in pods.Where(PodState.IsTerminal)) Finished.Add((pod, node));
        var live = pods.Where(pod => !PodState.IsTerminal(pod)).ToList();
        var (updated, old) = Split(live, hash);
        if (Surge(set, 1) > 0 && updated is not null && old is not null) Delete.AddRange(live.Where(pod => pod != updated && pod != old));
        else Delete.AddRange(live.Skip(1));
    }

    private void Roll(V1DaemonSet set, List<(string Node, List<V1Pod> Pods)> run, string hash, ReadyTimes ready)
    {
        var strategy = set.Spec.UpdateStrategy?.RollingUpdate;
        var surge = Surge(set, run.Count);
        var budget = Numbers.Resolve(strategy?.MaxUnavailable ?? 1, run.Count, roundUp: true);
        if (surge == 0 && budget == 0) budget = 1;
        var beside = surge > 0;
        var candidates = new List<(string Node, V1Pod Old)>();
        foreach (var (node, pods) in run)
        {
            var (updated, old) = Split(pods, hash);
            var available = pods.Any(pod => ready.IsAvailable(pod, set.Spec.MinReadySeconds ?? 0));
            if (beside) RollBeside(set, node, updated, old, ready, candidates, ref surge);
            else if (updated is not null || old is null) { } // done, or the next look's
            else if (!available) Delete.Add(old); // serves nobody: costs nothing to replace
            else candidates.Add((node, old));
            if (!available) budget--;
        }
        if (beside) Create.AddRange(candidates.Take(Math.Max(0, surge)).Select(candidate => candidate.Node));
        else Delete.AddRange(candidates.Take(Math.Max(0, budget)).Select(candidate => candidate.Old));
    }

    /// <summary>With maxSurge the new Pod comes up beside the old one, which goes once the new one serves or it serves no more itself.</summary>
    private void RollBeside(V1DaemonSet set, string node, V1Pod? updated, V1Pod? old, ReadyTimes ready, List<(string, V1Pod)> candidates, ref int surge)
    {
        if (old is null) return;
        if (updated is null)
        {
            if (ready.IsAvailable(old, set.Spec.MinReadySeconds ?? 0)) candidates.Add((node, old));
            else Create.Add(node);
            return;
        }
        var serves = ready.IsAvailable(updated, set.Spec.MinReadySeconds ?? 0);
        if (serves || !PodState.IsReady(old)) Delete.Add(old);
        if (!serves) surge--;
    }

    private static (V1Pod? Updated, V1Pod? Old) Split(List<V1Pod> pods, string hash) => (pods.Find(pod => DaemonPods.IsUpdated(pod, hash)), pods.Find(pod => !DaemonPods.IsUpdated(pod, hash)));

    private static int Surge(V1DaemonSet set, int desired) =>
        set.Spec.UpdateStrategy?.Type == "OnDelete" ? 0 : Numbers.Resolve(set.Spec.UpdateStrategy?.RollingUpdate?.MaxSurge, desired, roundUp: true);
}
