using System.Diagnostics;
using System.Net;
using Coxswain.Bench.Cluster;

namespace Coxswain.Bench.Measurements;

/// <summary>Waiting for what controllers make.</summary>
internal static class Waits
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10), Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>Until the object is there.</summary>
    public static async Task ForAsync(ApiConnection api, string path, CancellationToken ct)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(Poll, ct))
        {
            try
            {
                await api.ReadAsync(Call.Get(path), ct);
                return;
            }
            catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.NotFound && clock.Elapsed < Limit) { }
        }
    }

    /// <summary>Makes a namespace that Pods can be made in.</summary>
    public static async Task<string> NewNamespaceAsync(ApiConnection api, string name, CancellationToken ct)
    {
        await api.ReadAsync(Call.Post("/api/v1/namespaces", Bodies.Namespace(name)), ct);
        await ForAsync(api, $"/api/v1/namespaces/{name}/serviceaccounts/default", ct);
        return name;
    }
}
