using System.Text.Json;
using Coxswain.Store;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>How the objects of a store go into a snapshot, and out of it into another store.</summary>
public static class StoredSnapshot
{
    /// <summary>As everywhere in Kubernetes, a cluster is known by the UID of this namespace.</summary>
    private const string ClusterKey = "/registry/namespaces/kube-system";

    public static SnapshotHeader HeaderOf(RangeResult all, DateTimeOffset now, string writer) =>
        new(all.Values.FirstOrDefault(v => v.Key == ClusterKey) is { } system ? UidOf(system) : "", all.Revision, now, writer);

    /// <summary>The oldest first: objects that are restored in this order have rising revisions as they had before.</summary>
    public static IReadOnlyList<StoredValue> InOrder(RangeResult all) => [.. all.Values.OrderBy(v => v.Revision)];

    /// <summary>Creates the object anew: its resourceVersion becomes the revision that it gets then.</summary>
    /// <exception cref="SnapshotException">It is no stored object.</exception>
    public static Proposal ProposalFor(StoredValue value)
    {
        try
        {
            var slotted = StoredJson.CutRevision(value.Bytes.Span);
            return new Proposal(WriteKind.Create, value.Key, slotted.Json, slotted.Slot);
        }
        catch (JsonException e)
        {
            throw new SnapshotException($"is damaged: {value.Key} is not a stored object", e);
        }
    }

    private static string UidOf(StoredValue value)
    {
        using var json = JsonDocument.Parse(value.Bytes);
        return json.RootElement.GetProperty("metadata").TryGetProperty("uid", out var uid) ? uid.GetString() ?? "" : "";
    }
}
