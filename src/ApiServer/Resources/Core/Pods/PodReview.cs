using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>What the server finds wrong with a new Pod, for those who must know before they can ask it: a node's static Pods run while there is no server.</summary>
public static class PodReview
{
    private static readonly Pod Definition = new();

    /// <summary>All findings; empty for a Pod that could be created. Admission, which may refuse it still, is not asked.</summary>
    /// <param name="pod">With its name, namespace and node; stays as it is.</param>
    public static IReadOnlyList<FieldError> Of(V1Pod pod)
    {
        var copy = Kinds.Pods.Clone(pod);
        Definition.DefaultObject(copy);
        Definition.PrepareObjectForCreate(copy);
        var errors = new FieldErrors();
        MetadataRules.Validate(Definition, copy.Metadata, errors);
        Definition.ValidateObject(copy, errors);
        Definition.ValidateObjectCreate(copy, errors);
        return errors;
    }
}
