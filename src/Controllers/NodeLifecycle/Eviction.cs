using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Deletes Pods that their owners did not ask to delete, and leaves word of why in their status.</summary>
internal static class Eviction
{
    /// <param name="reason">Of the condition DisruptionTarget.</param>
    /// <param name="fail">Also mark it Failed, for want of a kubelet that could; a finished Pod keeps its phase.</param>
    /// <param name="graceSeconds">Null for the Pod's own; 0 does not wait for the node.</param>
    public static async Task EvictAsync(ControllerContext context, V1Pod pod, string reason, string message, bool fail, long? graceSeconds, CancellationToken ct)
    {
        try
        {
            await context.Client.PatchAsync(Kinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, Mark(context, pod, reason, message, fail && !PodState.IsTerminal(pod)), "status", ct);
            var options = new V1DeleteOptions { GracePeriodSeconds = graceSeconds, Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } };
            await context.Client.DeleteAsync(Kinds.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, options, ct);
        }
        catch (StatusException e) when (e.Code is 404 or 409) { } // gone already
    }

    private static Patch Mark(ControllerContext context, V1Pod pod, string reason, string message, bool fail)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteString("uid", pod.Metadata.Uid);
            json.WriteEndObject();
            json.WriteStartObject("status");
            if (fail) json.WriteString("phase", "Failed");
            json.WriteStartArray("conditions");
            json.WriteStartObject();
            json.WriteString("type", "DisruptionTarget");
            json.WriteString("status", "True");
            json.WriteString("reason", reason);
            json.WriteString("message", message);
            json.WriteString("lastTransitionTime", context.NowSeconds.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            if (pod.Metadata.Generation is { } generation) json.WriteNumber("observedGeneration", generation);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return new Patch(PatchType.StrategicMerge, body.WrittenMemory);
    }
}
