using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Deletes Pods that their owners did not ask to delete, and leaves word of why in their status.</summary>
internal static class Eviction
{
    /// <param name="reason">Of the condition DisruptionTarget.</param>
    /// <param name="fail">Also mark it Failed, for want of a kubelet that could; a finished Pod keeps its phase.</param>
    /// <param name="graceSeconds">Null for the Pod's own; 0 does not wait for the node.</param>
    public static async Task EvictAsync(ControllerContext context, V1Pod pod, string reason, string message, bool fail, long? graceSeconds, CancellationToken ct)
    {
        var condition = new V1PodCondition
        {
            Type = "DisruptionTarget", Status = "True", Reason = reason, Message = message, LastTransitionTime = context.NowSeconds, ObservedGeneration = pod.Metadata.Generation,
        };
        var patch = PodConditionPatch.Of(pod, condition, phase: fail && !PodState.IsTerminal(pod) ? "Failed" : null);
        try
        {
            await context.Client.PatchAsync(Kinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, patch, "status", ct);
            var options = new V1DeleteOptions { GracePeriodSeconds = graceSeconds, Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } };
            await context.Client.DeleteAsync(Kinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, options, ct);
        }
        catch (StatusException e) when (e.Code is 404 or 409) { } // gone already
    }
}
