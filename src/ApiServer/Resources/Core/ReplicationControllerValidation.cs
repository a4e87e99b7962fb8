using Coxswain.Api;
using Coxswain.ApiServer.Resources.Apps;
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

    public static void Status(V1ReplicationControllerStatus status, FieldErrors errors) =>
        ReplicaSetValidation.Counts(status.Replicas, status.FullyLabeledReplicas, status.ReadyReplicas, status.AvailableReplicas, terminating: null, status.ObservedGeneration, errors);
}
