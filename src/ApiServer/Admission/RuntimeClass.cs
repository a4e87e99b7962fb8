using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Admission;

/// <summary>A Pod names the RuntimeClass whose handler runs it. The kind is not served yet, so there is none that a name could mean.</summary>
internal sealed class RuntimeClass : IAdmissionStep
{
    public void Mutate(AdmissionRequest request)
    {
        if (!request.Is(AdmissionOperation.Create, Kinds.Pods)) return;
        if (((V1Pod)request.Object!).Spec?.RuntimeClassName is { Length: > 0 } name) throw request.Forbid($"pod rejected: RuntimeClass \"{name}\" not found");
    }
}
