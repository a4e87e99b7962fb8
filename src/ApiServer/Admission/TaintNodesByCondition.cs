using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>A new node takes no Pods until the node controller has seen that it is ready.</summary>
internal sealed class TaintNodesByCondition : IAdmissionStep
{
    private const string NotReady = "node.kubernetes.io/not-ready";

    public void Mutate(AdmissionRequest request)
    {
        if (!request.Is(AdmissionOperation.Create, Kinds.Nodes)) return;
        var spec = ((V1Node)request.Object!).Spec ??= new V1NodeSpec();
        if (spec.Taints?.Any(t => t.Key == NotReady && t.Effect == "NoSchedule") == true) return;
        spec.Taints = [.. spec.Taints ?? [], new V1Taint { Key = NotReady, Effect = "NoSchedule" }];
    }
}
