using System.Collections.Concurrent;

namespace Coxswain.Controllers;

/// <summary>
/// What a controller has written and its caches may not show yet. Counting Pods in a stale cache would make or delete too many, so a controller waits until the
/// cache has reached its last write, and counts as gone what it has deleted.
/// </summary>
/// <remarks>Nothing here needs to outlive the process: a new one starts from a fresh list.</remarks>
internal sealed class PendingWrites
{
    private readonly ConcurrentDictionary<string, long> _written = new(StringComparer.Ordinal); // owner's uid: revision of the newest write
    private readonly ConcurrentDictionary<string, byte> _deleted = new(StringComparer.Ordinal); // uids of objects asked to go, until the cache shows it

    public void Wrote(string ownerUid, long revision) => _written.AddOrUpdate(ownerUid, revision, (_, known) => Math.Max(known, revision));

    public void Deleted(string uid) => _deleted[uid] = 0;

    /// <summary>The deletion failed, or the cache shows it.</summary>
    public void Forget(string uid) => _deleted.TryRemove(uid, out _);

    /// <summary>Whether a cache at <paramref name="cacheRevision"/> shows all that was written for the owner.</summary>
    public bool Seen(string ownerUid, long cacheRevision)
    {
        if (!_written.TryGetValue(ownerUid, out var revision)) return true;
        if (cacheRevision < revision) return false;
        _written.TryRemove(new KeyValuePair<string, long>(ownerUid, revision));
        return true;
    }

    /// <summary>The owner itself is gone.</summary>
    public void ForgetOwner(string ownerUid) => _written.TryRemove(ownerUid, out _);

    public bool IsDeleted(string uid) => _deleted.ContainsKey(uid);
}
