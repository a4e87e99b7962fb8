using Coxswain.Soak.Load;

namespace Coxswain.Soak.Invariants;

/// <summary>
/// With the writers held: what the server lists is what it acknowledged, and what the watchers were told. The marker's event comes behind
/// all others, so who has seen it has seen them all.
/// </summary>
internal sealed class NothingLost(IReadOnlyList<Watcher> watchers) : IInvariant
{
    private static readonly TimeSpan WatchLimit = TimeSpan.FromSeconds(30), WriteLimit = TimeSpan.FromSeconds(30);

    public async Task CheckAsync(SoakCluster cluster, CancellationToken ct)
    {
        using var held = await cluster.Gate.HoldAsync(ct);
        await Waits.UntilAsync(() => MarkAsync(cluster, ct), WriteLimit, ct);
        var (shown, revision) = await SoakCluster.ListLoadAsync(cluster.Api, ct);
        foreach (var wrong in cluster.Ledger.Check(shown)) cluster.Findings.Add(Invariant.Writes, wrong);
        if (revision < cluster.Ledger.Newest)
            cluster.Findings.Add(Invariant.Revisions, $"a list at {revision}, though {cluster.Ledger.Newest} was acknowledged");
        var recent = cluster.Ledger.TakeRecent();
        for (var i = 0; i < watchers.Count; i++) await CheckAsync(cluster, i, shown, recent, ct);
        cluster.Ledger.Settle(shown, cluster.Server.Generation);
    }

    private static async Task<string?> MarkAsync(SoakCluster cluster, CancellationToken ct)
    {
        var answer = await cluster.Marker.WriteAsync(ct);
        return answer.Succeeded ? null : $"a write: {answer.Describe()}";
    }

    private async Task CheckAsync(SoakCluster cluster, int number, IReadOnlyCollection<Seen> shown, IReadOnlyList<Seen> recent,
        CancellationToken ct)
    {
        var watcher = watchers[number];
        var marker = shown.Single(s => s.Name == Marker.Name).Revision;
        try
        {
            await Waits.UntilAsync(Behind, WatchLimit, ct);
        }
        catch (SoakException e)
        {
            cluster.Findings.Add(Invariant.Watches, e.Message);
        }
        lock (watcher.Lock)
        {
            foreach (var missing in watcher.Book.Missing(recent)) cluster.Findings.Add(Invariant.Watches, $"watcher {number}: {missing}");
            foreach (var difference in watcher.Book.Differences(shown))
                cluster.Findings.Add(Invariant.Watches, $"watcher {number}: {difference}");
        }

        string? Behind()
        {
            lock (watcher.Lock)
            {
                var at = watcher.Book.Revision;
                return at >= marker ? null : $"watcher {number} is at {at}, not at {marker}";
            }
        }
    }
}
