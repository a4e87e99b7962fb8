using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Load;

/// <summary>
/// One more object of the ledger, written by the main loop: shows that writes succeed, and puts an event behind all others.
/// </summary>
internal sealed class Marker(SoakCluster cluster)
{
    public const string Name = "marker";
    private const string Path = $"{SoakCluster.ConfigMaps}/{Name}";

    private long _sequence;

    private LedgerEntry Entry => cluster.Ledger[Name];

    /// <summary>One try to write it.</summary>
    /// <returns>The server's answer, which is in the ledger when it is a success.</returns>
    public async Task<Answer> WriteAsync(CancellationToken ct)
    {
        if (Entry.InDoubt) await LookAsync(ct);
        var (before, sequence, generation) = (cluster.Ledger.Newest, ++_sequence, cluster.Server.Generation);
        var version = Entry.Exists ? $""","resourceVersion":"{Entry.Revision}" """ : "";
        var body = $$$"""
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{Name}}}","labels":{"load":"soak"}{{{version}}}},
             "data":{"sequence":"{{{sequence}}}"}}
            """;
        Answer answer;
        try
        {
            answer = Entry.Exists
                ? await cluster.Api.SendAsync(HttpMethod.Put, Path, body, ApiClient.JsonType, ct)
                : await cluster.Api.PostAsync(SoakCluster.ConfigMaps, body, ct);
        }
        catch
        {
            Entry.Doubt(sequence, generation);
            throw;
        }
        if (!answer.Succeeded)
        {
            if (answer.Status != 429) Entry.Doubt(sequence, generation);
            return answer;
        }
        cluster.Tally.Acknowledge();
        if (cluster.Ledger.Acknowledge(Entry, sequence, Seen.Of(answer.Json).Revision, before) is { } wrong)
            cluster.Findings.Add(Invariant.Revisions, wrong);
        return answer;
    }

    private async Task LookAsync(CancellationToken ct)
    {
        var generation = cluster.Server.Generation;
        var answer = await cluster.Api.GetAsync(Path, ct);
        if (answer.Status != 404 && !answer.Succeeded) return;
        Seen? seen = answer.Succeeded ? Seen.Of(answer.Json) : null;
        if (Entry.Check(seen) is { } wrong) cluster.Findings.Add(Invariant.Writes, wrong);
        Entry.Settle(seen, generation);
    }
}
