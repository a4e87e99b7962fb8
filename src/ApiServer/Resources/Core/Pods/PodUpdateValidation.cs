using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Almost nothing of a Pod's spec may change once it exists.</summary>
internal static class PodUpdateValidation
{
    public static void Validate(V1Pod pod, V1Pod old, FieldErrors errors)
    {
    }
}
