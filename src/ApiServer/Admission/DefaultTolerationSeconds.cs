using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>A Pod that says nothing else stays five minutes on a node that is not ready or out of reach.</summary>
internal sealed class DefaultTolerationSeconds : IAdmissionStep
{
    private const long Seconds = 300;

    public void Mutate(AdmissionRequest request)
    {
        if (!request.Is(AdmissionOperation.Create, Kinds.Pods) && !request.Is(AdmissionOperation.Update, Kinds.Pods)) return;
        var spec = ((V1Pod)request.Object!).Spec;
        if (spec is null) return;
        Tolerate(spec, Taints.NotReady);
        Tolerate(spec, Taints.Unreachable);
    }

    private static void Tolerate(V1PodSpec spec, string taint)
    {
        foreach (var t in spec.Tolerations ?? [])
        {
            if ((t.Key == taint || string.IsNullOrEmpty(t.Key)) && t.Effect is null or "" or Taints.NoExecute) return;
        }
        spec.Tolerations = [.. spec.Tolerations ?? [], new V1Toleration { Key = taint, OperatorProperty = "Exists", Effect = Taints.NoExecute, TolerationSeconds = Seconds }];
    }
}
