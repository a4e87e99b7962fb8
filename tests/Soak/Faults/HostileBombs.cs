using Coxswain.Soak.Clusters;
using Coxswain.Soak.Hostile;

namespace Coxswain.Soak.Faults;

/// <summary>Small requests that are meant to cost much. Each is answered soon, two at a time, and none with 5xx.</summary>
internal sealed class HostileBombs : IFault
{
    /// <summary>On an idle machine a tenth of a second; here beside the load.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    public string Name => "bombs";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        const string Target = $"/api/v1/namespaces/{SoakCluster.HostileNamespace}/configmaps";
        const string ToPatch = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"bomb"},"data":{"a":"b"}}""";
        await cluster.MustAsync(HttpMethod.Post, Target, ToPatch, ct);
        using var api = new ApiClient(cluster.Config, null);
        var bombs = Bombs.All(random).ToList();
        await Parallel.ForEachAsync(bombs, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = ct },
            async (bomb, token) => await HostileBodies.JudgeAsync(cluster, api, bomb.Request, bomb.Name, AnswerLimit, token));
        return new Hit($"{bombs.Count} bombs");
    }
}
