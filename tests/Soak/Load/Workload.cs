using System.Text.Json.Nodes;
using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Load;

/// <summary>The Pods that run all the time, and what each of them must still be.</summary>
internal sealed class Workload(SoakCluster cluster, int pods)
{
    private const string Pods = $"/api/v1/namespaces/{SoakCluster.PodNamespace}/pods", Web = "web";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly int _replicas = pods * 2 / 5, _never = pods / 5, _static = pods >= 10 ? 2 : 1;
    private Dictionary<string, PodState> _expected = [];

    /// <summary>As they were when nothing had been done to them since.</summary>
    public IReadOnlyDictionary<string, PodState> Expected => _expected;

    private IEnumerable<string> Never => Enumerable.Range(0, _never).Select(i => $"never-{i}");
    private IEnumerable<string> Always => Enumerable.Range(0, pods - _replicas - _never - _static).Select(i => $"always-{i}");
    private IEnumerable<string> Static => Enumerable.Range(0, _static).Select(i => $"fixed-{i}");

    public async Task CreateAsync(CancellationToken ct)
    {
        const string InNamespace = $"/api/v1/namespaces/{SoakCluster.PodNamespace}";
        await cluster.MustAsync(HttpMethod.Post, InNamespace + "/configmaps", PodManifests.Settings, ct);
        await cluster.MustAsync(HttpMethod.Post, InNamespace + "/secrets", PodManifests.Password, ct);
        await cluster.MustAsync(HttpMethod.Post, $"/apis/apps/v1/namespaces/{SoakCluster.PodNamespace}/deployments",
            PodManifests.Deployment(Web, _replicas), ct);
        foreach (var name in Always.Concat(Never)) await CreateBareAsync(name, ct);
        foreach (var name in Static) await WriteStaticAsync(name, ct);
        await Waits.UntilAsync(async () => Unsettled(await ListAsync(ct), Hit.Nothing), StartLimit, ct);
        Expect(await ListAsync(ct));
    }

    public async Task<IReadOnlyList<PodState>> ListAsync(CancellationToken ct)
    {
        var answer = await cluster.Api.GetAsync(Pods, ct);
        if (!answer.Succeeded) throw new HttpRequestException($"Pods: {answer.Describe()}");
        return [.. answer.Json["items"]!.AsArray().Select(p => PodState.Of((JsonNode)p!))];
    }

    /// <summary>
    /// Null when every Pod runs, those that were hit again or as ended as their restart policy says; else one that does not.
    /// </summary>
    public string? Unsettled(IReadOnlyList<PodState> now, Hit hit)
    {
        if (now.Count != pods) return $"{now.Count} Pods instead of {pods}";
        return now.FirstOrDefault(p => !IsSettled(p, hit))?.Describe();
    }

    /// <summary>What happened to Pods that nothing was done to.</summary>
    public IReadOnlyList<string> Disturbed(IReadOnlyList<PodState> now, Hit hit)
    {
        var byName = now.ToDictionary(p => p.Name);
        return
        [
            .. _expected.Values.Where(e => !hit.Pods.Contains(e.Name) && (!byName.TryGetValue(e.Name, out var p) || p != e))
                .Select(e => $"{e.Describe()}, is now {(byName.TryGetValue(e.Name, out var p) ? p.Describe() : "gone")}"),
        ];
    }

    /// <summary>Takes this for how they must be from now on.</summary>
    public void Expect(IReadOnlyList<PodState> now) => _expected = now.ToDictionary(p => p.Name);

    /// <summary>Takes away what was hit and makes it anew: no restart back-off grows over the rounds, and Pods come and go too.</summary>
    public async Task RenewAsync(Hit hit, CancellationToken ct)
    {
        foreach (var name in hit.Pods) await TakeAwayAsync(name, ct);
        await Waits.UntilAsync(async () => Gone(await ListAsync(ct), hit), StartLimit, ct);
        foreach (var name in hit.Pods)
        {
            if (IsStatic(name)) await WriteStaticAsync(Static.First(s => name.StartsWith(s, StringComparison.Ordinal)), ct);
            else if (!IsWeb(name)) await CreateBareAsync(name, ct);
        }
        await Waits.UntilAsync(async () => Unsettled(await ListAsync(ct), Hit.Nothing), StartLimit, ct);
        Expect(await ListAsync(ct));
    }

    /// <summary>Makes anew what does not run, and takes what runs then for what is expected.</summary>
    public async Task RepairAsync(CancellationToken ct)
    {
        var now = await ListAsync(ct);
        foreach (var pod in now) _expected[pod.Name] = pod;
        string[] missing = [.. Always.Concat(Never).Where(n => now.All(p => p.Name != n))];
        foreach (var name in missing) await CreateBareAsync(name, ct);
        await RenewAsync(new Hit("repair", [.. now.Where(p => !p.RunsWell && !p.Deleting).Select(p => p.Name)]), ct);
    }

    private async Task TakeAwayAsync(string name, CancellationToken ct)
    {
        if (IsStatic(name)) File.Delete(StaticFile(Static.First(s => name.StartsWith(s, StringComparison.Ordinal))));
        else await cluster.MustAsync(HttpMethod.Delete, $"{Pods}/{name}", null, ct);
    }

    private string? Gone(IReadOnlyList<PodState> now, Hit hit) =>
        now.FirstOrDefault(p => hit.Pods.Contains(p.Name) && _expected.GetValueOrDefault(p.Name)?.Uid == p.Uid) is { } left
            ? $"{left.Describe()}, was deleted"
            : null;

    private bool IsSettled(PodState pod, Hit hit)
    {
        if (!hit.Pods.Contains(pod.Name)) return pod.RunsWell;
        // Not noticed yet.
        if (hit.MustRestart && _expected.TryGetValue(pod.Name, out var before) && before.Container == pod.Container && !pod.HasEnded)
            return false;
        return pod.RunsWell || (pod.HasEnded && Never.Contains(pod.Name));
    }

    private Task CreateBareAsync(string name, CancellationToken ct) =>
        cluster.MustAsync(HttpMethod.Post, Pods, PodManifests.Bare(name, Never.Contains(name) ? "Never" : "Always"), ct);

    // By rename: what is read is whole.
    private async Task WriteStaticAsync(string name, CancellationToken ct)
    {
        var draft = Path.Combine(cluster.Server.Directory, $".{name}.json");
        await File.WriteAllTextAsync(draft, PodManifests.Static(name), ct);
        File.Move(draft, StaticFile(name), overwrite: true);
    }

    private string StaticFile(string name) => Path.Combine(cluster.Server.Directory, "static-pods", name + ".json");

    private static bool IsStatic(string pod) => pod.StartsWith("fixed-", StringComparison.Ordinal);

    private static bool IsWeb(string pod) => pod.StartsWith(Web + "-", StringComparison.Ordinal);
}
