using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>A new node takes no Pods until the node controller has seen that it is ready.</summary>
internal sealed class TaintNodesByCondition : IAdmissionStep
{
    public void Mutate(AdmissionRequest request)
    {
        if (!request.Is(AdmissionOperation.Create, Kinds.Nodes)) return;
        var spec = ((V1Node)request.Object!).Spec ??= new V1NodeSpec();
        if (Taints.Has(spec.Taints, Taints.NotReady, Taints.NoSchedule)) return;
        spec.Taints = [.. spec.Taints ?? [], new V1Taint { Key = Taints.NotReady, Effect = Taints.NoSchedule }];
    }
}
