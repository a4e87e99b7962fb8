using Coxswain.Api;
using Coxswain.ApiServer.Resources.Core.Pods;
using k8s.Models;

namespace Coxswain.ApiServer.Resources;

/// <summary>The Pod template inside the workload kinds.</summary>
internal static class PodTemplates
{
    public static void Default(V1PodTemplateSpec template)
    {
        template.Metadata ??= new V1ObjectMeta();
        template.Spec ??= new V1PodSpec();
        PodSpecDefaults.Apply(template.Spec);
    }

    /// <summary>A template whose Pods are kept running for ever.</summary>
    /// <param name="kind">As messages name the owner.</param>
    public static void Validate(V1PodTemplateSpec template, string kind, FieldPath path, FieldErrors errors)
    {
        LabelRules.Labels(template.Metadata?.Labels, path.Child("labels"), errors);
        LabelRules.Annotations(template.Metadata?.Annotations, path.Child("annotations"), errors);
        var spec = path.Child("spec");
        PodSpecValidation.Validate(template.Spec ?? new V1PodSpec(), null, spec, errors);
        if (template.Spec?.EphemeralContainers is { Count: > 0 }) errors.Forbidden(spec.Child("ephemeralContainers"), "ephemeral containers not allowed in pod template");
        if (template.Spec?.RestartPolicy != "Always") errors.NotSupported(spec.Child("restartPolicy"), template.Spec?.RestartPolicy ?? "", "Always");
        if (template.Spec?.ActiveDeadlineSeconds is not null) errors.Forbidden(spec.Child("activeDeadlineSeconds"), $"activeDeadlineSeconds in {kind} is not Supported");
    }

    /// <summary>Pods made from the template must be among those that the selector finds, or the owner would make more of them for ever.</summary>
    public static void Matches(bool matches, V1PodTemplateSpec template, FieldPath path, FieldErrors errors)
    {
        if (!matches) errors.Invalid(path.Child("metadata", "labels"), GoJson.Map(template.Metadata?.Labels), "`selector` does not match template `labels`");
    }

    /// <summary>Pods are named after their owner, and their hosts after them.</summary>
    public static void NameWarning(V1ObjectMeta metadata, List<string> warnings)
    {
        var faults = NameRules.Dns1123Label(metadata.Name ?? "");
        if (faults.Count > 0)
            warnings.Add($"metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [{string.Join(' ', faults)}]");
    }

    /// <summary>About a template at <c>spec.template</c>; an update that leaves the spec as it was has heard them before.</summary>
    /// <param name="old">The owner's metadata before, or null for a create.</param>
    public static void Warnings(V1PodTemplateSpec? template, V1ObjectMeta metadata, V1ObjectMeta? old, List<string> warnings)
    {
        if (template?.Spec is null || (old is not null && old.Generation == metadata.Generation)) return;
        PodWarnings.Collect(template.Spec, FieldPath.Root("spec").Child("template", "spec"), warnings);
    }
}
