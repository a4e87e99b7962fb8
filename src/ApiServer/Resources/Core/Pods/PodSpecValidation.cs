using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Everything that can be wrong with a Pod's spec, in upstream's order.</summary>
internal static class PodSpecValidation
{
    /// <param name="metadata">The Pod's, or null for a template.</param>
    public static void Validate(V1PodSpec spec, V1ObjectMeta? metadata, FieldPath path, FieldErrors errors)
    {
        if (spec.Containers is not { Count: > 0 }) errors.Required(path.Child("containers"));
    }
}
