using System.Globalization;
using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Load;

/// <summary>
/// Creates, updates, patches and deletes ConfigMaps of its own, one after the other, and enters into the ledger what was acknowledged.
/// </summary>
internal sealed class Writer(SoakCluster cluster, ApiClient api, PauseGate gate, int number, Random random)
{
    public const int Objects = 25;

    private static readonly TimeSpan DownPause = TimeSpan.FromMilliseconds(100), LongestRetry = TimeSpan.FromSeconds(5);

    private long _sequence;

    public static string NameOf(int writer, int number) => $"w{writer}-{number:00}";

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var pause = await gate.PassAsync(() => StepAsync(ct), ct);
            await Task.Delay(pause, ct);
        }
    }

    /// <returns>How long to wait before the next.</returns>
    private async Task<TimeSpan> StepAsync(CancellationToken ct)
    {
        var entry = cluster.Ledger[NameOf(number, random.Next(Objects))];
        var generation = cluster.Server.Generation;
        var up = cluster.Server.IsUp;
        long? sequence = null;
        try
        {
            if (entry.InDoubt) return await ResolveAsync(entry, generation, ct);
            var isDelete = entry.Exists && random.Next(100) < 20;
            sequence = isDelete ? null : ++_sequence;
            var before = cluster.Ledger.Newest;
            var answer = await SendAsync(entry, sequence, ct);
            return Take(entry, sequence, before, answer, generation);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException)
        {
            entry.Doubt(sequence, generation);
            if (up && cluster.Server.IsUp && cluster.Server.Generation == generation)
                cluster.Findings.Add(Invariant.Errors, $"a writer had no answer: {Texts.Of(e)}");
            return DownPause;
        }
        catch (OperationCanceledException)
        {
            entry.Doubt(sequence, generation); // the run ends here; what was sent may happen
            throw;
        }
    }

    private Task<Answer> SendAsync(LedgerEntry entry, long? sequence, CancellationToken ct)
    {
        var path = $"{SoakCluster.ConfigMaps}/{entry.Name}";
        if (sequence is null) return api.DeleteAsync(path, ct, $$$"""{"preconditions":{"resourceVersion":"{{{entry.Revision}}}"}}""");
        if (!entry.Exists) return api.PostAsync(SoakCluster.ConfigMaps, Body(entry, sequence.Value, precondition: ""), ct);
        var body = Body(entry, sequence.Value, $$""","resourceVersion":"{{entry.Revision}}" """);
        return random.Next(2) == 0
            ? api.SendAsync(HttpMethod.Put, path, body, ApiClient.JsonType, ct)
            : api.SendAsync(HttpMethod.Patch, path, body, ApiClient.MergePatch, ct);
    }

    private string Body(LedgerEntry entry, long sequence, string precondition) => $$$"""
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{entry.Name}}}","labels":{"load":"soak"}{{{precondition}}}},
         "data":{"sequence":"{{{sequence}}}","pad":"{{{new string('x', random.Next(2000))}}}"}}
        """;

    private TimeSpan Take(LedgerEntry entry, long? sequence, long before, Answer answer, int generation)
    {
        var usual = TimeSpan.FromMilliseconds(random.Next(5, 40));
        if (answer.Succeeded)
        {
            cluster.Tally.Acknowledge();
            if (sequence is null) entry.AcknowledgeDelete();
            else if (cluster.Ledger.Acknowledge(entry, sequence.Value, Seen.Of(answer.Json).Revision, before) is { } wrong)
                cluster.Findings.Add(Invariant.Revisions, wrong);
            return usual;
        }
        if (answer.Status == 429) // refused for sure
        {
            var wait = answer.RetryAfter ?? TimeSpan.FromSeconds(1);
            return wait < LongestRetry ? wait : LongestRetry;
        }
        entry.Doubt(sequence, generation);
        var what = sequence is { } number ? string.Create(CultureInfo.InvariantCulture, $"sequence {number}") : "a delete";
        if (answer.Status >= 500) cluster.SawServerError(answer, $"a write of {entry.Name}");
        else
            cluster.Findings.Add(Invariant.Writes, $"{entry.Name}, {what}: {answer.Describe()}, though it has no other writer");
        return DownPause;
    }

    private async Task<TimeSpan> ResolveAsync(LedgerEntry entry, int generation, CancellationToken ct)
    {
        Answer answer;
        try { answer = await api.GetAsync($"{SoakCluster.ConfigMaps}/{entry.Name}", ct); }
        catch (Exception e) when (e is HttpRequestException or TimeoutException) { return DownPause; } // nothing new in doubt
        if (answer.Status != 404 && !answer.Succeeded)
        {
            if (answer.Status >= 500) cluster.SawServerError(answer, $"a read of {entry.Name}");
            return DownPause;
        }
        Seen? seen = answer.Succeeded ? Seen.Of(answer.Json) : null;
        if (entry.Check(seen) is { } wrong) cluster.Findings.Add(Invariant.Writes, wrong);
        entry.Settle(seen, generation);
        return entry.InDoubt ? DownPause : TimeSpan.Zero;
    }
}
