using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

internal static class ReplicationControllerValidation
{
    public static void Spec(V1ReplicationControllerSpec spec, FieldPath path, FieldErrors errors)
    {
        Rules.NonNegative(spec.MinReadySeconds, path.Child("minReadySeconds"), errors);
        if (spec.Selector is not { Count: > 0 }) errors.Required(path.Child("selector"));
        Rules.NonNegative(spec.Replicas, path.Child("replicas"), errors);
        var template = path.Child("template");
        if (spec.Template is null)
        {
            errors.Required(template);
            return;
        }
        if (spec.Selector is { Count: > 0 }) PodTemplates.Matches(LabelMatcher.FromMap(spec.Selector).Matches(spec.Template.Metadata?.Labels), spec.Template, template, errors);
        PodTemplates.Validate(spec.Template, "ReplicationController", template, errors);
    }

    public static void Status(V1ReplicationControllerStatus status, FieldErrors errors)
    {
        var path = FieldPath.Root("status");
        Rules.NonNegative(status.Replicas, path.Child("replicas"), errors);
        Rules.NonNegative(status.FullyLabeledReplicas, path.Child("fullyLabeledReplicas"), errors);
        Rules.NonNegative(status.ReadyReplicas, path.Child("readyReplicas"), errors);
        Rules.NonNegative(status.AvailableReplicas, path.Child("availableReplicas"), errors);
        Rules.NonNegative(status.ObservedGeneration, path.Child("observedGeneration"), errors);
        const string all = "cannot be greater than status.replicas";
        Rules.NotMoreThan(status.FullyLabeledReplicas, status.Replicas, path.Child("fullyLabeledReplicas"), all, errors);
        Rules.NotMoreThan(status.ReadyReplicas, status.Replicas, path.Child("readyReplicas"), all, errors);
        Rules.NotMoreThan(status.AvailableReplicas, status.Replicas, path.Child("availableReplicas"), all, errors);
        Rules.NotMoreThan(status.AvailableReplicas, status.ReadyReplicas, path.Child("availableReplicas"), "cannot be greater than readyReplicas", errors);
    }
}
