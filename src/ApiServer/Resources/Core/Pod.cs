using Coxswain.Api;
using Coxswain.ApiServer.Resources.Core.Pods;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

internal sealed class Pod : ResourceDefinition<V1Pod>
{
    public override ResourceType<V1Pod> Type => Kinds.Pods;

    public override bool ReturnsDeletedObject => true;

    public override bool HasStatus => true;

    public override IReadOnlyList<string> SelectableFields { get; } =
    [
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName",
    ];

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        new("Name", Format: "name"), new("Ready"), new("Status"), new("Restarts"), new("Age"),
        new("IP", Priority: 1), new("Node", Priority: 1), new("Nominated Node", Priority: 1), new("Readiness Gates", Priority: 1),
    ];

    protected override void Default(V1Pod value) => PodDefaults.Apply(value);

    protected override void PrepareForCreate(V1Pod value)
    {
        Generations.Start(value.Metadata);
        value.Status = new V1PodStatus { Phase = "Pending", QosClass = PodResources.QualityOfService(value.Spec) };
        if (value.Spec.SchedulingGates is { Count: > 0 }) value.Status.Conditions = [Gated()];
    }

    protected override void PrepareForUpdate(V1Pod value, V1Pod old)
    {
        value.Status = old.Status;
        Generations.Next(value.Metadata, old.Metadata, !Semantic.Equal(value.Spec, old.Spec));
    }

    protected override void PrepareForStatusUpdate(V1Pod value, V1Pod old)
    {
        value.Spec = old.Spec;
        // Whoever may report status may neither adopt the Pod nor call off its end.
        value.Metadata.DeletionTimestamp = old.Metadata.DeletionTimestamp;
        value.Metadata.DeletionGracePeriodSeconds = old.Metadata.DeletionGracePeriodSeconds;
        value.Metadata.OwnerReferences = old.Metadata.OwnerReferences;
        value.Status ??= new V1PodStatus();
        if (string.IsNullOrEmpty(value.Status.QosClass)) value.Status.QosClass = old.Status?.QosClass;
        Generations.Next(value.Metadata, old.Metadata, changed: false);
    }

    protected override void Validate(V1Pod value, FieldErrors errors) => PodValidation.Validate(value, errors);

    protected override void ValidateCreate(V1Pod value, FieldErrors errors) => PodValidation.ValidateCreate(value, errors);

    protected override void ValidateUpdate(V1Pod value, V1Pod old, FieldErrors errors) => PodUpdateValidation.Validate(value, old, errors);

    protected override void ValidateStatusUpdate(V1Pod value, V1Pod old, FieldErrors errors) => PodStatusValidation.Validate(value, old, errors);

    protected override void Warnings(V1Pod value, V1Pod? old, List<string> warnings) => PodWarnings.Collect(value.Spec, FieldPath.Root("spec"), warnings);

    protected override string? FieldValue(V1Pod value, string field) => field switch
    {
        "spec.nodeName" => value.Spec.NodeName,
        "spec.restartPolicy" => value.Spec.RestartPolicy,
        "spec.schedulerName" => value.Spec.SchedulerName,
        "spec.serviceAccountName" => value.Spec.ServiceAccountName,
        "spec.hostNetwork" => value.Spec.HostNetwork == true ? "true" : "false",
        "status.phase" => value.Status?.Phase,
        "status.podIP" => value.Status?.PodIPs is [var first, ..] ? first.Ip : value.Status?.PodIP,
        "status.nominatedNodeName" => value.Status?.NominatedNodeName,
        _ => null,
    };

    /// <summary>The caller's wish, else the Pod's own; nothing to wait for when no node has it or it has ended.</summary>
    protected override long? GracePeriod(V1Pod value, V1DeleteOptions options)
    {
        if (string.IsNullOrEmpty(value.Spec.NodeName) || value.Status?.Phase is "Failed" or "Succeeded") return 0;
        var seconds = options.GracePeriodSeconds ?? value.Spec.TerminationGracePeriodSeconds ?? 0;
        return seconds < 0 ? 1 : seconds;
    }

    protected override object?[] Row(V1Pod value, DateTime now) => PodRow.Of(value, now);

    internal override (string Reason, string Message)? CompletionOf(IKubernetesObject<V1ObjectMeta> value) => ((V1Pod)value).Status?.Phase switch
    {
        "Succeeded" => ("Succeeded", "The pod has completed successfully."),
        "Failed" => ("Failed", "The pod failed."),
        _ => null,
    };

    private static V1PodCondition Gated() => new()
    {
        Type = "PodScheduled",
        Status = "False",
        Reason = "SchedulingGated",
        Message = "Scheduling is blocked due to non-empty scheduling gates",
    };
}
