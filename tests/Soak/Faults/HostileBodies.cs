using System.Diagnostics;
using Coxswain.Soak.Clusters;
using Coxswain.Soak.Hostile;

namespace Coxswain.Soak.Faults;

/// <summary>Mutated bodies, paths, queries and content types, from several clients at once. Each is answered, and none with 5xx.</summary>
internal sealed class HostileBodies : IFault
{
    private const int Clients = 4, Each = 150;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);

    public string Name => "hostile-bodies";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        int[] seeds = [.. Enumerable.Range(0, Clients).Select(_ => random.Next())];
        await Task.WhenAll(seeds.Select(seed => Task.Run(() => SendAsync(cluster, new Random(seed), ct), ct)));
        return new Hit($"{Clients * Each} requests");
    }

    private static async Task SendAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        using var api = new ApiClient(cluster.Config, null);
        for (var i = 0; i < Each; i++) await JudgeAsync(cluster, api, HostileRequest.Next(random), "", AnswerLimit, ct);
    }

    /// <summary>Sends it, and enters what is wrong with the answer.</summary>
    public static async Task JudgeAsync(SoakCluster cluster, ApiClient api, HostileRequest request, string name, TimeSpan limit,
        CancellationToken ct)
    {
        cluster.Tally.SentHostile();
        var clock = Stopwatch.StartNew();
        string? wrong = null;
        try
        {
            var answer = await api.SendAsync(request.Method, request.Path, request.Body.Length == 0 ? null : request.Body,
                request.ContentType, ct);
            if (answer.IsFailure) wrong = answer.Describe();
            else if (clock.Elapsed > limit) wrong = $"answered after {Texts.Seconds(clock.Elapsed)} s with {answer.Status}";
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException) { wrong = $"no answer: {Texts.Of(e)}"; }
        if (wrong is null) return;
        var file = Path.Combine(cluster.Options.Out, $"hostile-{cluster.Findings.Round}-{cluster.Findings.CountOf(Invariant.Hostile)}.bin");
        await File.WriteAllBytesAsync(file, request.Body, ct);
        cluster.Findings.Add(Invariant.Hostile, $"{name} {request.Describe()}: {wrong} (its body: {file})".TrimStart());
    }
}
