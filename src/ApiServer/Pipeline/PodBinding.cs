using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>POST pods/NAME/binding: an unassigned Pod gets its node, once.</summary>
internal static class PodBinding
{
    private static readonly GroupVersionResource Bindings = new("", "v1", "pods/binding");

    /// <exception cref="StatusException">500: upstream hands its findings on as they are, without making a Status of them.</exception>
    public static void Validate(V1Binding binding)
    {
        var errors = new FieldErrors();
        var target = FieldPath.Root("target");
        if (binding.Target?.Kind is not (null or "" or "Node")) errors.NotSupported(target.Child("kind"), binding.Target.Kind, "Node", "<empty>");
        if (string.IsNullOrEmpty(binding.Target?.Name)) errors.Required(target.Child("name"));
        if (errors.Count > 0) throw ApiErrors.Unknown(errors.Count == 1 ? errors[0].ToString() : $"[{string.Join(", ", errors)}]");
    }

    /// <summary>Changes and returns <paramref name="pod"/>.</summary>
    public static V1Pod Apply(V1Pod pod, V1Binding binding, DateTime now)
    {
        var name = pod.Metadata.Name;
        CheckPrecondition(pod, binding);
        if (pod.Metadata.DeletionTimestamp is not null) throw Refuse(name, $"pod {name} is being deleted, cannot be assigned to a host");
        if (!string.IsNullOrEmpty(pod.Spec.NodeName)) throw Refuse(name, $"pod {name} is already assigned to node \"{pod.Spec.NodeName}\"");
        if (pod.Spec.SchedulingGates is { Count: > 0 }) throw Refuse(name, $"pod {name} has non-empty .spec.schedulingGates");
        pod.Spec.NodeName = binding.Target.Name;
        pod.Metadata.Annotations = Merge(pod.Metadata.Annotations, binding.Metadata.Annotations, overwrite: true);
        pod.Metadata.Labels = Merge(pod.Metadata.Labels, binding.Metadata.Labels, overwrite: false);
        SetScheduled(pod, now);
        return pod;
    }

    private static void CheckPrecondition(V1Pod pod, V1Binding binding)
    {
        if (!string.IsNullOrEmpty(binding.Metadata.Uid) && binding.Metadata.Uid != pod.Metadata.Uid)
        {
            throw Refuse(pod.Metadata.Name, $"StorageError: invalid object, Code: 4, Key: {StorageKeyText.Of(Kinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name)}, "
                + $"ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {binding.Metadata.Uid}, UID in object meta: {pod.Metadata.Uid}");
        }
        if (!string.IsNullOrEmpty(binding.Metadata.ResourceVersion)) pod.Metadata.ResourceVersion = binding.Metadata.ResourceVersion;
    }

    private static void SetScheduled(V1Pod pod, DateTime now)
    {
        pod.Status ??= new V1PodStatus();
        pod.Status.Conditions ??= [];
        var condition = pod.Status.Conditions.FirstOrDefault(c => c.Type == "PodScheduled");
        if (condition is null) pod.Status.Conditions.Add(condition = new V1PodCondition { Type = "PodScheduled" });
        if (condition.Status != "True") condition.LastTransitionTime = now;
        condition.Status = "True";
        condition.ObservedGeneration = pod.Metadata.Generation;
        (condition.Reason, condition.Message) = (null, null);
    }

    private static IDictionary<string, string>? Merge(IDictionary<string, string>? into, IDictionary<string, string>? from, bool overwrite)
    {
        if (from is not { Count: > 0 }) return into;
        into ??= new Dictionary<string, string>();
        foreach (var (key, value) in from)
        {
            if (overwrite || !into.ContainsKey(key)) into[key] = value;
        }
        return into;
    }

    private static StatusException Refuse(string name, string why)
    {
        var error = ApiErrors.Conflict(Kinds.Pods, name, why);
        error.Status.Message = $"Operation cannot be fulfilled on {Bindings.GroupResource} \"{name}\": {why}";
        error.Status.Details.Kind = Bindings.Resource;
        return error;
    }
}
