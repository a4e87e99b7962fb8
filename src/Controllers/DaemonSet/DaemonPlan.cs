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

    /// <param name="onNode">Live Pods of the set by the node they are on or meant for, oldest first.</param>
    public static DaemonPlan Make(V1DaemonSet set, IReadOnlyList<V1Node> nodes, IReadOnlyDictionary<string, List<V1Pod>> onNode, string hash, DateTime now)
    {
        var plan = new DaemonPlan();
        var run = new List<string>();
        foreach (var node in nodes)
        {
            var pods = onNode.GetValueOrDefault(node.Metadata.Name) ?? [];
            var verdict = DaemonPods.Judge(set, node);
            if (verdict.Run) run.Add(node.Metadata.Name);
            plan.Place(set, node.Metadata.Name, verdict, pods, hash);
        }
        // Pods on or for nodes that are gone: the scheduler cannot place them, the garbage collector takes those that ran.
        foreach (var (node, pods) in onNode) if (nodes.All(known => known.Metadata.Name != node)) plan.Delete.AddRange(pods.Where(pod => !PodState.IsScheduled(pod)));
        if (set.Spec.UpdateStrategy?.Type != "OnDelete") plan.Roll(set, run, onNode, hash, now);
        return plan;
    }

    private void Place(V1DaemonSet set, string node, DaemonPods.Verdict verdict, List<V1Pod> pods, string hash)
    {
        if (!verdict.Run)
        {
            if (!verdict.Keep) Delete.AddRange(pods);
            return;
        }
        foreach (var pod in pods.Where(PodState.IsTerminal)) Finished.Add((pod, node));
        var live = pods.Where(pod => !PodState.IsTerminal(pod)).ToList();
        if (pods.Count == 0) Create.Add(node);
        var allowed = Surge(set, 1) > 0 && live.Any(pod => DaemonPods.IsUpdated(pod, hash)) && live.Any(pod => !DaemonPods.IsUpdated(pod, hash)) ? 2 : 1;
        Delete.AddRange(live.Skip(allowed));
    }

    private void Roll(V1DaemonSet set, List<string> run, IReadOnlyDictionary<string, List<V1Pod>> onNode, string hash, DateTime now)
    {
        var strategy = set.Spec.UpdateStrategy?.RollingUpdate;
        var surge = Surge(set, run.Count);
        var budget = Numbers.Resolve(strategy?.MaxUnavailable ?? 1, run.Count, roundUp: true);
        if (surge == 0 && budget == 0) budget = 1;
        var candidates = new List<(string Node, V1Pod Old)>();
        foreach (var node in run)
        {
            var pods = (onNode.GetValueOrDefault(node) ?? []).Where(pod => !PodState.IsTerminal(pod)).ToList();
            var updated = pods.Find(pod => DaemonPods.IsUpdated(pod, hash));
            var old = pods.Find(pod => !DaemonPods.IsUpdated(pod, hash));
            var available = pods.Any(pod => PodState.IsAvailable(pod, set.Spec.MinReadySeconds ?? 0, now));
            if (surge > 0) RollBeside(set, node, updated, old, now, candidates, ref surge);
            else if (old is not null && !available) Delete.Add(old); // serves nobody: costs nothing to replace
            else if (old is not null) candidates.Add((node, old));
            if (!available) budget--;
        }
        if (Surge(set, run.Count) > 0) Create.AddRange(candidates.Take(Math.Max(0, surge)).Select(candidate => candidate.Node));
        else Delete.AddRange(candidates.Take(Math.Max(0, budget)).Select(candidate => candidate.Old));
    }

    /// <summary>With maxSurge the new Pod comes up beside the old one, which goes once the new one serves.</summary>
    private void RollBeside(V1DaemonSet set, string node, V1Pod? updated, V1Pod? old, DateTime now, List<(string, V1Pod)> candidates, ref int surge)
    {
        if (old is null) return;
        if (updated is null)
        {
            if (PodState.IsAvailable(old, set.Spec.MinReadySeconds ?? 0, now)) candidates.Add((node, old));
            else Create.Add(node);
            return;
        }
        if (PodState.IsAvailable(updated, set.Spec.MinReadySeconds ?? 0, now)) Delete.Add(old);
        else surge--;
    }

    private static int Surge(V1DaemonSet set, int desired) =>
        set.Spec.UpdateStrategy?.Type == "OnDelete" ? 0 : Numbers.Resolve(set.Spec.UpdateStrategy?.RollingUpdate?.MaxSurge, desired, roundUp: true);
}
