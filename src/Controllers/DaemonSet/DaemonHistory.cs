using System.Text.Json;
using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>
/// The templates that a DaemonSet has had, one ControllerRevision each: <c>kubectl rollout history</c> lists them, <c>undo</c> applies what one holds as a patch. The
/// Pods of a template bear its revision's hash.
/// </summary>
internal sealed class DaemonHistory
{
    private readonly ControllerContext _context;
    private readonly ObjectIndex<V1ControllerRevision> _byController;
    private readonly Claims<V1DaemonSet, V1ControllerRevision> _claims;

    public DaemonHistory(ControllerContext context)
    {
        _context = context;
        _claims = new Claims<V1DaemonSet, V1ControllerRevision>(context.Client, Kinds.DaemonSets, Kinds.ControllerRevisions);
        Revisions = context.Caches.For(Kinds.ControllerRevisions);
        _byController = Revisions.Cache.AddIndex(SharedCaches.ControllerKeys);
    }

    public Informer<V1ControllerRevision> Revisions { get; }

    /// <summary>Sees that the present template has its revision and that this bears the highest number.</summary>
    /// <returns>The hash of its Pods, and the revisions of other templates.</returns>
    public async Task<(string Hash, List<V1ControllerRevision> Old)> SyncAsync(V1DaemonSet set, CancellationToken ct)
    {
        var candidates = _byController.Get(set.Metadata.Uid).Concat(_byController.Get(SharedCaches.OrphansOf(set.Metadata.NamespaceProperty)));
        var all = await _claims.ClaimAsync(set, LabelMatcher.From(set.Spec.Selector), candidates, _ => { }, ct);
        var data = Snapshot(set.Spec.Template);
        var present = all.Where(revision => Holds(revision, data)).MaxBy(revision => revision.Revision);
        var old = all.Where(revision => !Holds(revision, data)).ToList();
        var number = old.Select(revision => revision.Revision ?? 0).DefaultIfEmpty(0).Max() + 1;
        if (present is null)
        {
            present = await CreateAsync(set, data, number, ct);
        }
        else if (present.Revision < number) // an undo: the template of old is the newest once more
        {
            present = await _context.Client.UpdateAsync(Kinds.ControllerRevisions, present with { Metadata = present.Metadata with { }, Revision = number }, null, ct);
        }
        return (present.Metadata.Labels[DaemonPods.HashLabel], old);
    }

    /// <summary>Deletes the oldest revisions beyond the history limit; one that Pods still run stays.</summary>
    public async Task CleanUpAsync(V1DaemonSet set, List<V1ControllerRevision> old, IEnumerable<V1Pod> pods, CancellationToken ct)
    {
        var tooMany = old.Count - (set.Spec.RevisionHistoryLimit ?? 10);
        if (tooMany <= 0) return;
        var live = pods.Select(pod => pod.Metadata.Labels?.TryGetValue(DaemonPods.HashLabel, out var hash) == true ? hash : "").ToHashSet(StringComparer.Ordinal);
        foreach (var revision in old.OrderBy(revision => revision.Revision).Where(revision => revision.Metadata.Labels?.TryGetValue(DaemonPods.HashLabel, out var hash) != true || !live.Contains(hash!)).Take(tooMany))
        {
            try
            {
                await _context.Client.DeleteAsync(Kinds.ControllerRevisions, revision.Metadata.NamespaceProperty, revision.Metadata.Name, new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = revision.Metadata.Uid } }, ct);
            }
            catch (StatusException e) when (e.Code is 404 or 409) { } // gone already
        }
    }

    private async Task<V1ControllerRevision> CreateAsync(V1DaemonSet set, JsonElement data, long number, CancellationToken ct)
    {
        var hash = DaemonPods.Hash(set);
        var revision = Kinds.ControllerRevisions.New(set.Metadata.NamespaceProperty, $"{set.Metadata.Name}-{hash}");
        revision.Metadata.Labels = PodTemplates.Copy(set.Spec.Template.Metadata?.Labels) ?? [];
        revision.Metadata.Labels[DaemonPods.HashLabel] = hash;
        revision.Metadata.Annotations = PodTemplates.Copy(set.Metadata.Annotations); // the change's cause among them
        revision.Metadata.OwnerReferences = [OwnerReferences.ControllerReference(Kinds.DaemonSets, set)];
        (revision.Data, revision.Revision) = (data, number);
        try
        {
            return await _context.Client.CreateAsync(Kinds.ControllerRevisions, revision, ct);
        }
        catch (StatusException e) when (e.Reason == "AlreadyExists")
        {
            return await ExistingAsync(set, $"{set.Metadata.Name}-{hash}", data, ct);
        }
    }

    /// <summary>The name is taken: by our own revision that the cache has not shown yet, or by another template with the same hash.</summary>
    private async Task<V1ControllerRevision> ExistingAsync(V1DaemonSet set, string name, JsonElement data, CancellationToken ct)
    {
        var found = await _context.Client.GetAsync(Kinds.ControllerRevisions, set.Metadata.NamespaceProperty, name, ct);
        if (Holds(found, data)) return found;
        var status = (set.Status ?? new V1DaemonSetStatus()) with { CollisionCount = (set.Status?.CollisionCount ?? 0) + 1 };
        await _context.Client.UpdateAsync(Kinds.DaemonSets, set with { Metadata = set.Metadata with { }, Status = status }, "status", ct);
        throw ApiErrors.AlreadyExists(Kinds.ControllerRevisions, name); // a 409: looked at again with the new collision count
    }

    private static bool Holds(V1ControllerRevision revision, JsonElement data) => revision.Data is JsonElement held && JsonElement.DeepEquals(held, data);

    /// <summary>A strategic merge patch that brings the template back whole. Names in order, as upstream's: clients compare it byte by byte.</summary>
    private static JsonElement Snapshot(V1PodTemplateSpec template)
    {
        using var body = JsonDocument.Parse(KubeJson.Serialize(template));
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = KubeJson.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteStartObject("spec");
            json.WriteStartObject("template");
            json.WriteString("$patch", "replace"); // sorts before every field
            foreach (var property in Sorted(body.RootElement)) Write(json, property);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, JsonProperty property)
    {
        json.WritePropertyName(property.Name);
        Write(json, property.Value);
    }

    private static void Write(Utf8JsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var property in Sorted(value)) Write(json, property);
                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(json, item);
                json.WriteEndArray();
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private static IEnumerable<JsonProperty> Sorted(JsonElement value) => value.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal);
}
