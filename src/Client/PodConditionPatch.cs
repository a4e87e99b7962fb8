using System.Buffers;
using System.Globalization;
using System.Text.Json;
using k8s.Models;

namespace Coxswain.Client;

/// <summary>Patches of a Pod's status that set one condition and leave the others alone.</summary>
public static class PodConditionPatch
{
    /// <summary>Strategic; refused with a conflict once another Pod has the name.</summary>
    /// <param name="condition">What it leaves out stays as it was, the time of the last transition, too.</param>
    /// <param name="phase">The Pod's new phase; null leaves it.</param>
    public static Patch Of(V1Pod pod, V1PodCondition condition, string? phase = null)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteString("uid", pod.Metadata.Uid);
            json.WriteEndObject();
            json.WriteStartObject("status");
            if (phase is not null) json.WriteString("phase", phase);
            json.WriteStartArray("conditions");
            Write(json, condition);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return new Patch(PatchType.StrategicMerge, body.WrittenMemory);
    }

    private static void Write(Utf8JsonWriter json, V1PodCondition condition)
    {
        json.WriteStartObject();
        json.WriteString("type", condition.Type);
        json.WriteString("status", condition.Status);
        if (condition.Reason is not null) json.WriteString("reason", condition.Reason);
        if (condition.Message is not null) json.WriteString("message", condition.Message);
        if (condition.LastTransitionTime is { } time) json.WriteString("lastTransitionTime", time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        if (condition.ObservedGeneration is { } generation) json.WriteNumber("observedGeneration", generation);
        json.WriteEndObject();
    }
}
