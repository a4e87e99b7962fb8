using System.Globalization;
using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Load;

/// <summary>Short-lived Pods, one after the other: made, run to their end, deleted.</summary>
internal sealed class Churn(SoakCluster cluster, ApiClient api)
{
    public const string Namespace = "soak-churn";
    private const string Pods = $"/api/v1/namespaces/{Namespace}/pods";
    /// <summary>While faults go on around it; without one it takes a second.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5), Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Pods that went the whole way.</summary>
    public int Done { get; private set; }

    public async Task RunAsync(CancellationToken ct)
    {
        for (var i = 0; !ct.IsCancellationRequested; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"short-{i}");
            try
            {
                await Waits.UntilAsync(() => CreatedAsync(name, ct), Limit, ct);
                await Waits.UntilAsync(() => EndedAsync(name, ct), Limit, ct);
                await Waits.UntilAsync(() => GoneAsync(name, ct), Limit, ct);
                Done++;
            }
            catch (SoakException e)
            {
                cluster.Findings.Add(Invariant.Recovery, $"the short-lived Pod {name}: {e.Message}");
            }
            await Task.Delay(Pause, ct);
        }
    }

    private async Task<string?> CreatedAsync(string name, CancellationToken ct)
    {
        var answer = await api.PostAsync(Pods, PodManifests.ShortLived(name), ct);
        return answer.Succeeded || answer.Status == 409 ? null : answer.Describe(); // 409: an answer that did not come
    }

    private async Task<string?> EndedAsync(string name, CancellationToken ct)
    {
        var answer = await api.GetAsync($"{Pods}/{name}", ct);
        if (!answer.Succeeded) return answer.Describe();
        var state = PodState.Of(answer.Json);
        return state.HasEnded ? null : state.Describe();
    }

    private async Task<string?> GoneAsync(string name, CancellationToken ct)
    {
        var answer = await api.DeleteAsync($"{Pods}/{name}", ct);
        return answer.Status == 404 ? null : $"{name} is still there: {answer.Status}";
    }
}
