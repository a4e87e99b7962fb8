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
        if (string.IsNullOrEmpty(pod.Spec.ServiceAccountName)) TokenWithoutAccount(pod.Spec.Volumes, spec.Child("volumes"), errors);
        ImageWhitespace(pod.Spec.Containers, spec.Child("containers"), errors);
        ImageWhitespace(pod.Spec.InitContainers, spec.Child("initContainers"), errors);
    }

    /// <summary>What a new Pod may not have although an old one may.</summary>
    public static void ValidateCreate(V1Pod pod, FieldErrors errors)
    {
        var spec = FieldPath.Root("spec");
        if (pod.Spec.EphemeralContainers is { Count: > 0 }) errors.Forbidden(spec.Child("ephemeralContainers"), "cannot be set on create");
        if (!string.IsNullOrEmpty(pod.Spec.NodeName) && pod.Spec.SchedulingGates is { Count: > 0 })
        {
            errors.Forbidden(spec.Child("nodeName"), "cannot be set until all schedulingGates have been cleared");
        }
    }

    private static void TokenWithoutAccount(IList<V1Volume>? volumes, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < (volumes?.Count ?? 0); i++)
        {
            var sources = volumes![i].Projected?.Sources;
            for (var j = 0; j < (sources?.Count ?? 0); j++)
            {
                if (sources![j].ServiceAccountToken is null) continue;
                errors.Forbidden(path.Index(i).Child("projected", "sources").Index(j).Child("serviceAccountToken"), "must not be specified when serviceAccountName is not set");
            }
        }
    }

    private static void ImageWhitespace(IList<V1Container>? containers, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < (containers?.Count ?? 0); i++)
        {
            var image = containers![i].Image ?? "";
            if (image.Trim().Length != image.Length) errors.Invalid(path.Index(i).Child("image"), image, "must not have leading or trailing whitespace");
        }
    }
}
