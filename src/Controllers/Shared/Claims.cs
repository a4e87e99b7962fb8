using System.Buffers;
using System.Text.Json;
using Coxswain.Api;
using Coxswain.Client;
using k8s;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>
/// Which dependents are an owner's: those that name it as their controller and match its selector. Orphans that match are adopted, its own that no longer match are
/// released, both by a patch of <c>ownerReferences</c> that names the uid, so that it cannot hit a successor of the same name.
/// </summary>
internal sealed class Claims<TOwner, TChild>(IApiClient client, ResourceType<TOwner> ownerType, ResourceType<TChild> childType)
    where TOwner : class, IKubernetesObject<V1ObjectMeta>, new()
    where TChild : class, IKubernetesObject<V1ObjectMeta>, new()
{
    /// <param name="candidates">The owner's children and the namespace's orphans.</param>
    /// <param name="wrote">Told the revision of each patch, for <see cref="PendingWrites"/>.</param>
    public async Task<List<TChild>> ClaimAsync(TOwner owner, LabelMatcher selector, IEnumerable<TChild> candidates, Action<long> wrote, CancellationToken ct)
    {
        var claimed = new List<TChild>();
        var mayAdopt = default(bool?);
        foreach (var child in candidates)
        {
            var matches = selector.Matches(child.Metadata.Labels);
            if (OwnerReferences.ControllerOf(child) is { } controller)
            {
                if (controller.Uid != owner.Metadata.Uid) continue;
                if (matches) claimed.Add(child);
                else if (owner.Metadata.DeletionTimestamp is null) await PatchAsync(child, Release(child, owner.Metadata.Uid), wrote, ct);
            }
            else if (matches && owner.Metadata.DeletionTimestamp is null && child.Metadata.DeletionTimestamp is null)
            {
                mayAdopt ??= await IsAliveAsync(owner, ct);
                if (mayAdopt == true && await PatchAsync(child, Adopt(child, owner), wrote, ct) is { } adopted) claimed.Add(adopted);
            }
        }
        return claimed;
    }

    // The cache may not know yet that the owner is going; what it adopted then would be deleted with it.
    private async Task<bool> IsAliveAsync(TOwner owner, CancellationToken ct)
    {
        try
        {
            var fresh = await client.GetAsync(ownerType, owner.Metadata.NamespaceProperty, owner.Metadata.Name, ct);
            return fresh.Metadata.Uid == owner.Metadata.Uid && fresh.Metadata.DeletionTimestamp is null;
        }
        catch (StatusException e) when (e.Code == 404)
        {
            return false;
        }
    }

    private async Task<TChild?> PatchAsync(TChild child, Patch patch, Action<long> wrote, CancellationToken ct)
    {
        try
        {
            var patched = await client.PatchAsync(childType, child.Metadata.NamespaceProperty, child.Metadata.Name, patch, null, ct);
            wrote(Revisions.Of(patched));
            return patched;
        }
        catch (StatusException e) when (e.Code is 404 or 409 or 422)
        {
            return null; // gone, or another one by that name: the next event tells
        }
    }

    private Patch Adopt(TChild child, TOwner owner) => Write(child, json =>
    {
        json.WriteString("apiVersion", ownerType.ApiVersion);
        json.WriteString("kind", ownerType.Kind);
        json.WriteString("name", owner.Metadata.Name);
        json.WriteString("uid", owner.Metadata.Uid);
        json.WriteBoolean("controller", true);
        json.WriteBoolean("blockOwnerDeletion", true);
    });

    private static Patch Release(TChild child, string ownerUid) => Write(child, json =>
    {
        json.WriteString("$patch", "delete");
        json.WriteString("uid", ownerUid);
    });

    private static Patch Write(TChild child, Action<Utf8JsonWriter> reference)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteString("uid", child.Metadata.Uid);
            json.WriteStartArray("ownerReferences");
            json.WriteStartObject();
            reference(json);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return new Patch(PatchType.StrategicMerge, body.WrittenMemory);
    }
}
