using Coxswain.Bench.Cluster;
using Coxswain.Bench.Load;

namespace Coxswain.Bench.Measurements;

/// <summary>Create, get, patch and delete of ConfigMaps from 16 clients, each verb beside the same requests to a server that does nothing.</summary>
internal sealed class ConfigMaps : IMeasurement
{
    private const int Clients = 16;

    public string Name => "configmap";

    /// <summary>A verb's request for the number of an object.</summary>
    private sealed record Verb(string Name, string Goal, Func<int, Call> Call);

    public async Task MeasureAsync(BenchContext context, CancellationToken ct)
    {
        using var api = await context.ConnectAsync(Clients, ct);
        using var floor = await context.ConnectFloorAsync(Clients, ct);
        var (pid, floorPid) = ((await context.ClusterAsync(ct)).Pid, (await context.FloorAsync(ct)).Pid);
        var count = context.Pick(1000, 5000);
        var results = new Dictionary<string, List<(LoadResult Own, LoadResult Floor)>>();
        var goals = new Dictionary<string, string>();
        for (var round = -1; round < context.Pick(1, 5); round++) // the first warms up and does not count
        {
            var ns = await Waits.NewNamespaceAsync(api.First, $"load-{round + 1}", ct);
            var answer = (await api.First.ReadAsync(Call.Post($"/api/v1/namespaces/{ns}/configmaps", Bodies.ConfigMap("size")), ct)).Length;
            foreach (var verb in VerbsOf(ns, count))
            {
                var least = await RunAsync(floor, floorPid, count, i => verb.Call(i) with { Path = $"/{answer}" }, ct);
                var own = await RunAsync(api, pid, count, verb.Call, ct);
                if (round < 0) continue;
                results.TryAdd(verb.Name, []);
                results[verb.Name].Add((own, least));
                goals[verb.Name] = verb.Goal;
            }
        }
        context.Table.Add(new Row($"the store alone: creates of {StoreAlone.ValueBytes} bytes (durable), {Clients} writers", $"{await StoreAlone.RunAsync(context.NewDirectory("store"), Clients, count, ct)}"));
        foreach (var (verb, rounds) in results) context.Table.Add(new Row($"ConfigMap {verb}, {Clients} clients", $"{LoadResult.Median(rounds.Select(r => r.Own))}",
            $"{LoadResult.Median(rounds.Select(r => r.Floor))} (an empty HTTPS endpoint)", Figures.Ratio(Figures.Median(rounds.Select(r => r.Own.PerSecond / r.Floor.PerSecond))), goals[verb]));
    }

    private static async Task<LoadResult> RunAsync(ApiClients clients, int server, int count, Func<int, Call> call, CancellationToken ct)
    {
        var before = ProcessStats.ProcessorTime(server);
        var result = await LoadRunner.RunAsync(clients, count, call, ct);
        return result with { Processor = (ProcessStats.ProcessorTime(server) - before).TotalMicroseconds / count };
    }

    private static Verb[] VerbsOf(string ns, int count)
    {
        var bodies = Enumerable.Range(0, count).Select(i => Bodies.ConfigMap($"c{i}")).ToArray();
        var patches = Enumerable.Range(0, count).Select(Bodies.ConfigMapPatch).ToArray();
        var collection = $"/api/v1/namespaces/{ns}/configmaps";
        var paths = Enumerable.Range(0, count).Select(i => $"{collection}/c{i}").ToArray();
        return
        [
            new("create (durable)", "3 500 /s, or 0.6 of the floor", i => Call.Post(collection, bodies[i])),
            new("get", "8 000 /s, or 0.7 of the floor", i => Call.Get(paths[i])),
            new("patch (durable)", "", i => Call.Patch(paths[i], patches[i])),
            new("delete (durable)", "", i => Call.Delete(paths[i])),
        ];
    }
}
