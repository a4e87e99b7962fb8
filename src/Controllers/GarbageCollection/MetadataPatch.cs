using System.Buffers;
using System.Text.Json;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Merge patches of <c>ownerReferences</c> and <c>finalizers</c>: whole lists, guarded by uid and resourceVersion, so that nobody's change is lost.</summary>
internal static class MetadataPatch
{
    public static Patch WithFinalizers(IMetadata<V1ObjectMeta> value, IEnumerable<string> finalizers) => Write(value, json =>
    {
        json.WriteStartArray("finalizers");
        foreach (var finalizer in finalizers) json.WriteStringValue(finalizer);
        json.WriteEndArray();
    });

    public static Patch WithOwners(IMetadata<V1ObjectMeta> value, IEnumerable<V1OwnerReference> owners) => Write(value, json =>
    {
        json.WriteStartArray("ownerReferences");
        foreach (var owner in owners) WriteOwner(json, owner);
        json.WriteEndArray();
    });

    private static void WriteOwner(Utf8JsonWriter json, V1OwnerReference owner)
    {
        json.WriteStartObject();
        json.WriteString("apiVersion", owner.ApiVersion);
        json.WriteString("kind", owner.Kind);
        json.WriteString("name", owner.Name);
        json.WriteString("uid", owner.Uid);
        if (owner.Controller is { } controller) json.WriteBoolean("controller", controller);
        if (owner.BlockOwnerDeletion is { } block) json.WriteBoolean("blockOwnerDeletion", block);
        json.WriteEndObject();
    }

    private static Patch Write(IMetadata<V1ObjectMeta> value, Action<Utf8JsonWriter> change)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteString("uid", value.Metadata.Uid);
            json.WriteString("resourceVersion", value.Metadata.ResourceVersion);
            change(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return new Patch(PatchType.Merge, body.WrittenMemory);
    }
}
