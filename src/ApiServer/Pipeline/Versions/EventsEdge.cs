using Coxswain.Api;
using Coxswain.ApiServer.Resources.Events;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline.Versions;

/// <summary>events.k8s.io/v1 over the stored core/v1 Event: the same facts under newer names.</summary>
internal sealed class EventsEdge : VersionEdge
{
    public override ResourceType Served => Kinds.EventsV1;

    public override byte[] Show(ReadOnlySpan<byte> json)
    {
        var e = Kinds.Events.Decode(json);
        return Kinds.EventsV1.Encode(new Eventsv1Event
        {
            ApiVersion = Kinds.EventsV1.ApiVersion,
            Kind = e.Kind,
            Metadata = e.Metadata,
            EventTime = e.EventTime,
            Series = e.Series is { } s ? new Eventsv1EventSeries { Count = s.Count ?? 0, LastObservedTime = s.LastObservedTime ?? default } : null,
            ReportingController = e.ReportingComponent,
            ReportingInstance = e.ReportingInstance,
            Action = e.Action,
            Reason = e.Reason,
            Regarding = e.InvolvedObject,
            Related = e.Related,
            Note = e.Message,
            Type = e.Type,
            DeprecatedSource = e.Source,
            DeprecatedFirstTimestamp = e.FirstTimestamp,
            DeprecatedLastTimestamp = e.LastTimestamp,
            DeprecatedCount = e.Count,
        });
    }

    public override IKubernetesObject<V1ObjectMeta> Accept(IKubernetesObject<V1ObjectMeta> served)
    {
        var e = (Eventsv1Event)served;
        return new Corev1Event
        {
            ApiVersion = Kinds.Events.ApiVersion,
            Kind = Kinds.Events.Kind,
            Metadata = e.Metadata,
            EventTime = e.EventTime,
            Series = e.Series is { } s ? new Corev1EventSeries { Count = s.Count, LastObservedTime = s.LastObservedTime } : null,
            ReportingComponent = e.ReportingController,
            ReportingInstance = e.ReportingInstance,
            Action = e.Action,
            Reason = e.Reason,
            InvolvedObject = e.Regarding ?? new V1ObjectReference(),
            Related = e.Related,
            Message = e.Note,
            Type = e.Type,
            Source = e.DeprecatedSource,
            FirstTimestamp = e.DeprecatedFirstTimestamp,
            LastTimestamp = e.DeprecatedLastTimestamp,
            Count = e.DeprecatedCount,
        };
    }

    /// <summary>Only newer clients write this version: they are held to all of the rules.</summary>
    public override void Validate(IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta>? old, FieldErrors errors)
    {
        if (old is null) EventValidation.Strict((Corev1Event)value, errors);
        else EventValidation.StrictUpdate((Corev1Event)value, (Corev1Event)old, errors);
    }

    public override string? StoredField(string field) => field switch
    {
        "reportingController" => "reportingComponent",
        _ when field.StartsWith("regarding.", StringComparison.Ordinal) => "involvedObject." + field["regarding.".Length..],
        _ when field.StartsWith("involvedObject.", StringComparison.Ordinal) || field == "reportingComponent" => null,
        _ => field,
    };
}
