using System.Text;
using Coxswain.Soak.Clusters;
using Coxswain.Soak.Hostile;
using Coxswain.Soak.Load;

namespace Coxswain.Soak.Faults;

/// <summary>
/// Rubbish of many kinds among the static Pods' manifests. The good ones run on, a new good one starts, and what is bad is not a Pod.
/// </summary>
internal sealed class StaticRubbish : IFault
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    public string Name => "static-rubbish";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        var directory = Path.Combine(cluster.Server.Directory, "static-pods");
        var rubbish = Put(directory, random);
        var good = Path.Combine(directory, "zz-good.json");
        try
        {
            await File.WriteAllTextAsync(good, PodManifests.Static("good", SoakCluster.HostileNamespace), ct);
            await Waits.UntilAsync(() => GoodRunsAsync(cluster, runs: true, ct), StartLimit, ct);
        }
        catch (SoakException e)
        {
            cluster.Findings.Add(Invariant.Damage, $"a good static Pod beside bad ones: {e.Message}");
        }
        finally
        {
            File.Delete(good);
            foreach (var path in rubbish) Remove(path);
        }
        var hit = new Hit($"{rubbish.Count} bad manifests");
        await Waits.UntilAsync(() => GoodRunsAsync(cluster, runs: false, ct), StartLimit, ct);
        return hit;
    }

    private static async Task<string?> GoodRunsAsync(SoakCluster cluster, bool runs, CancellationToken ct)
    {
        var answer = await cluster.Api.GetAsync($"/api/v1/namespaces/{SoakCluster.HostileNamespace}/pods/good-{SoakCluster.NodeName}", ct);
        if (!runs) return answer.Status == 404 ? null : $"its file is gone, and it is there: {answer.Status}";
        return answer.Succeeded && PodState.Of(answer.Json).RunsWell ? null : Texts.Short(answer.Text);
    }

    private static List<string> Put(string directory, Random random)
    {
        var bytes = new byte[random.Next(1, 4000)];
        random.NextBytes(bytes);
        var good = Encoding.UTF8.GetBytes(PodManifests.Static("rubbish", SoakCluster.HostileNamespace));
        var files = new Dictionary<string, byte[]>
        {
            ["bytes.yaml"] = bytes,
            ["cut.json"] = good[..random.Next(good.Length)],
            ["mutated.json"] = new Mutator(random).Mutate(good),
            ["bomb.yaml"] = Encoding.UTF8.GetBytes(Bombs.MergeKeys(20)),
            ["deep.json"] = Encoding.UTF8.GetBytes(new string('[', 100_000)),
            ["huge.yaml"] = Encoding.UTF8.GetBytes("a: " + new string('x', 20_000_000)),
            ["empty.yaml"] = [],
        };
        var made = new List<string>();
        foreach (var (name, content) in files) File.WriteAllBytes(Added(name), content);
        Directory.CreateDirectory(Added("directory.yaml"));
        File.CreateSymbolicLink(Added("loop.yaml"), Path.Combine(directory, "loop.yaml"));
        File.CreateSymbolicLink(Added("endless.yaml"), "/dev/zero");
        SystemCalls.MakeFifo(Added("fifo.yaml"));
        return made;

        string Added(string name)
        {
            made.Add(Path.Combine(directory, name));
            return made[^1];
        }
    }

    private static void Remove(string path)
    {
        if (new FileInfo(path).LinkTarget is null && Directory.Exists(path)) Directory.Delete(path);
        else File.Delete(path);
    }
}
