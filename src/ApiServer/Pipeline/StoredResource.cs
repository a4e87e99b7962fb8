using System.Globalization;
using System.Text;
using Coxswain.Api;
using Coxswain.ApiServer.Quotas;
using Coxswain.ApiServer.Resources;
using Coxswain.Store;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>One kind's objects in the store: keys, decoding, commits. All served versions of the kind share it.</summary>
internal sealed class StoredResource(IStore store, ResourceDefinition definition, QuotaLedger quotas, bool detectMutation)
{
    /// <summary>etcd's <c>--max-request-bytes</c>.</summary>
    private const long MostBytes = 1536 * 1024;
    /// <summary>JSON up to this length is always within that limit, so its size upstream is not computed.</summary>
    private const int SurelySmall = 512 * 1024;

    private int _sharedReaders;

    public ResourceDefinition Definition => definition;
    public ResourceType Type { get; } = definition.ResourceType;
    public string Prefix { get; } = definition.StoragePrefix;

    /// <summary>While watchers in this process read objects of this kind, committed objects stay decoded for them.</summary>
    private bool KeepDecoded => Volatile.Read(ref _sharedReaders) > 0;

    public void AddSharedReader() => Interlocked.Increment(ref _sharedReaders);
    public void RemoveSharedReader() => Interlocked.Decrement(ref _sharedReaders);

    public string Key(string ns, string name) => Type.Namespaced ? string.Concat(Prefix, ns, "/", name) : Prefix + name;

    /// <summary>The reverse of <see cref="Key"/>; no namespace is "".</summary>
    public (string Namespace, string Name) NameOf(string key)
    {
        var name = key.LastIndexOf('/') + 1;
        return (Type.Namespaced ? key[Prefix.Length..(name - 1)] : "", key[name..]);
    }

    /// <summary>What the keys of one namespace, or of all, begin with.</summary>
    public string KeysOf(string ns) => Type.Namespaced && ns.Length > 0 ? string.Concat(Prefix, ns, "/") : Prefix;

    public StoredValue? Get(string ns, string name) => store.Get(Key(ns, name));

    public StoredValue GetOrThrow(string ns, string name) => Get(ns, name) ?? throw ApiErrors.NotFound(Type, name);

    /// <summary>The shared object: never to be changed.</summary>
    public IKubernetesObject<V1ObjectMeta> Shared(StoredValue stored)
    {
        var attachment = StoredObject.Of(stored);
        if (detectMutation && attachment.Peek() is { } known) CheckUnchanged(stored, known);
        return attachment.Value(definition, stored);
    }

    /// <summary>An object of one's own.</summary>
    public IKubernetesObject<V1ObjectMeta> Copy(StoredValue stored)
    {
        LargeGarbage.Made(stored.Bytes.Length);
        return Type.DecodeObject(stored.Bytes.Span);
    }

    public ValueTask<WriteResult> CreateAsync(string key, IKubernetesObject<V1ObjectMeta> value, QuotaCharge? charge, CancellationToken ct)
    {
        var slotted = StoredJson.EncodeSlotted(Type, value);
        DemandRoom(key, slotted.Json.Span);
        return WriteAsync(new Proposal(WriteKind.Create, key, slotted.Json, slotted.Slot, 0, Attach(value, slotted.Json.Length)), null, charge, ct);
    }

    /// <summary>Null when nothing would change: nothing is written then.</summary>
    /// <remarks>On the way out <paramref name="value"/> has the old resourceVersion, after a commit the new one.</remarks>
    public SlottedJson? Difference(StoredValue old, IKubernetesObject<V1ObjectMeta> value)
    {
        value.Metadata.ResourceVersion = Text(old.Revision);
        var json = StoredJson.Encode(Type, value);
        return json.SequenceEqual(old.Bytes.Span) ? null : StoredJson.CutRevision(json);
    }

    public ValueTask<WriteResult> UpdateAsync(
        StoredValue old, IKubernetesObject<V1ObjectMeta> value, SlottedJson json, QuotaCharge? charge, CancellationToken ct)
    {
        if (json.Json.Length > old.Bytes.Length) DemandRoom(old.Key, json.Json.Span); // an object that is too large already can still shrink
        return MarkAsync(old, value, json, charge, ct);
    }

    /// <summary>As <see cref="UpdateAsync"/> without the size limit: an object of any size can be marked for deletion.</summary>
    public ValueTask<WriteResult> MarkAsync(
        StoredValue old, IKubernetesObject<V1ObjectMeta> value, SlottedJson json, QuotaCharge? charge, CancellationToken ct) =>
        WriteAsync(new Proposal(WriteKind.Update, old.Key, json.Json, json.Slot, old.Revision, Attach(value, json.Json.Length)), old, charge, ct);

    /// <summary>Removes the key; watchers are told its last state.</summary>
    /// <param name="last">That state; the caller's own object until now.</param>
    /// <param name="asStored">It is what <paramref name="old"/> says: the store has the bytes, and they need not be made.</param>
    public ValueTask<WriteResult> DeleteAsync(StoredValue old, IKubernetesObject<V1ObjectMeta> last, bool asStored, CancellationToken ct)
    {
        var slotted = asStored ? new SlottedJson(default, StoredJson.FindRevision(old.Bytes.Span).Start.Value) : StoredJson.EncodeSlotted(Type, last);
        return WriteAsync(new Proposal(WriteKind.Delete, old.Key, slotted.Json, slotted.Slot, old.Revision, Attach(last, old.Bytes.Length)), old, null, ct);
    }

    private async ValueTask<WriteResult> WriteAsync(Proposal proposal, StoredValue? old, QuotaCharge? charge, CancellationToken ct)
    {
        try
        {
            var result = await store.WriteAsync(proposal, ct);
            if (result.Succeeded && old?.Attachment is StoredObject superseded) superseded.Supersede();
            if (result.Succeeded) quotas.Changed(this, proposal.Key, charge);
            return result;
        }
        catch (StoreUnavailableException e) { throw ApiErrors.Unknown(e.Message); }
    }

    /// <summary>Everything is made ready here; on the store's writer only the revision is filled in.</summary>
    private Func<long, object?> Attach(IKubernetesObject<V1ObjectMeta> value, int length)
    {
        var attachment = StoredObject.From(definition, value, length, KeepDecoded);
        return revision =>
        {
            value.Metadata.ResourceVersion = Text(revision);
            return attachment;
        };
    }

    private void CheckUnchanged(StoredValue stored, IKubernetesObject<V1ObjectMeta> shared)
    {
        var now = StoredJson.Encode(Type, shared);
        if (now.SequenceEqual(stored.Bytes.Span)) return;
        throw new InvalidOperationException($"somebody changed a shared object, {stored.Key} at {stored.Revision}: it was\n"
            + $"{Encoding.UTF8.GetString(stored.Bytes.Span)}\nand is now\n{Encoding.UTF8.GetString(now)}");
    }

    /// <exception cref="StatusException">500: the object is larger than upstream's store takes.</exception>
    private void DemandRoom(string key, ReadOnlySpan<byte> json)
    {
        if (json.Length > SurelySmall && UpstreamSize.Of(Type.Schema, json) + 2 * key.Length > MostBytes) throw ApiErrors.StoreTooLarge();
    }

    private static string Text(long revision) => revision.ToString(CultureInfo.InvariantCulture);
}
