using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Everything that can be wrong with a Pod as such; its metadata's common part is the pipeline's.</summary>
internal static class PodValidation
{
    public static void Validate(V1Pod pod, FieldErrors errors)
    {
        var spec = FieldPath.Root("spec");
        PodSpecValidation.Validate(pod.Spec, pod.Metadata, spec, errors);
    }
}
