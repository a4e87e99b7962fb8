using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>Turns a Pod's priority class into its priority. The two classes of the system are always there; others come with their kind.</summary>
internal sealed class Priority : IAdmissionStep
{
    private const string Preempts = "PreemptLowerPriority";

    public void Mutate(AdmissionRequest request)
    {
        if (request.Is(AdmissionOperation.Update, Kinds.Pods)) Keep(((V1Pod)request.Object!).Spec, ((V1Pod)request.Old!).Spec);
        if (!request.Is(AdmissionOperation.Create, Kinds.Pods)) return;
        var spec = ((V1Pod)request.Object!).Spec;
        if (spec is null) return;
        var priority = spec.PriorityClassName switch
        {
            null or "" => 0,
            "system-cluster-critical" => 2_000_000_000,
            "system-node-critical" => 2_000_001_000,
            var other => throw request.Forbid($"no PriorityClass with name {other} was found"),
        };
        if (spec.Priority is { } given && given != priority)
        {
            throw request.Forbid($"the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name");
        }
        if (spec.PreemptionPolicy is { Length: > 0 } policy && policy != Preempts)
        {
            throw request.Forbid($"the string value of PreemptionPolicy ({policy}) must not be provided in pod spec; priority admission controller computed {Preempts} from the given PriorityClass name");
        }
        (spec.Priority, spec.PreemptionPolicy) = (priority, Preempts);
    }

    private static void Keep(V1PodSpec? spec, V1PodSpec? old)
    {
        if (spec is null || old is null) return;
        spec.Priority ??= old.Priority;
        spec.PreemptionPolicy ??= old.PreemptionPolicy;
    }
}
