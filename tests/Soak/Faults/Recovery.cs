using System.Text.Json.Nodes;

namespace Coxswain.Soak.Faults;

/// <summary>When a cluster is well again: it is ready, a write succeeds, its node is Ready, and all its Pods run.</summary>
internal static class Recovery
{
    /// <summary>Generous: a containerd that hangs is noticed after half a minute, and a restart may be backed off.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    /// <exception cref="SoakException">Not in time; says what was not well.</exception>
    public static async Task WaitAsync(SoakCluster cluster, Hit hit, CancellationToken ct)
    {
        await Waits.UntilAsync(() => ServerAsync(cluster, ct), Limit, ct);
        await Waits.UntilAsync(() => NodeAsync(cluster, ct), Limit, ct);
        await Waits.UntilAsync(async () => cluster.Workload.Unsettled(await cluster.Workload.ListAsync(ct), hit), Limit, ct);
    }

    private static async Task<string?> ServerAsync(SoakCluster cluster, CancellationToken ct)
    {
        if (!cluster.Server.IsRunning) await cluster.Server.StartAsync(ct); // it ended by itself, which is a finding already
        var ready = await cluster.Api.GetAsync("/readyz", ct);
        if (ready.Status != 200) return $"/readyz: {ready.Describe()}";
        var write = await cluster.Marker.WriteAsync(ct);
        return write.Succeeded ? null : $"a write: {write.Describe()}";
    }

    private static async Task<string?> NodeAsync(SoakCluster cluster, CancellationToken ct)
    {
        var answer = await cluster.Api.GetAsync($"/api/v1/nodes/{SoakCluster.NodeName}", ct);
        if (!answer.Succeeded) return answer.Describe();
        var ready = answer.Json["status"]?["conditions"]?.AsArray().FirstOrDefault(c => (string?)c!["type"] == "Ready");
        return (string?)ready?["status"] == "True"
            ? null
            : $"the node's Ready condition: {Texts.Short(((JsonNode?)ready)?.ToJsonString() ?? "none")}";
    }
}
