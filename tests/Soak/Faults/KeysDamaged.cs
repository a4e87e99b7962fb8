using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Faults;

/// <summary>
/// A key or certificate that cannot be made anew without breaking trust is gone or rubbish: the start is refused and nothing is replaced.
/// With the file back, it starts.
/// </summary>
internal sealed class KeysDamaged : IFault
{
    private static readonly string[] Files = ["ca.crt", "ca.key", "sa.key"];

    public string Name => "keys-damaged";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        var (pki, aside) = (Path.Combine(cluster.Server.Directory, "pki"), Path.Combine(cluster.Options.Work, "pki-aside"));
        await cluster.Server.KillAsync();
        StateFiles.CopyKeys(pki, aside);
        string done;
        try
        {
            done = Break(pki, random);
            var before = StateFiles.Fingerprint(Directory.EnumerateFiles(pki));
            var result = await cluster.Server.TryStartAsync(ct);
            if (!RefusedFor(result, done)) cluster.Findings.Add(Invariant.Damage, $"{done}: {result.Describe()}");
            if (before != StateFiles.Fingerprint(Directory.EnumerateFiles(pki)))
                cluster.Findings.Add(Invariant.Damage, $"{done}: files in pki were changed");
            await cluster.Server.KillAsync();
        }
        finally
        {
            StateFiles.CopyKeys(aside, pki);
            Directory.Delete(aside, recursive: true);
        }
        var hit = new Hit(done);
        await cluster.Server.StartAsync(ct);
        return hit;
    }

    private static string Break(string pki, Random random)
    {
        var name = Files[random.Next(Files.Length)];
        var file = Path.Combine(pki, name);
        // A missing token key is made anew: tokens are renewed by whoever holds one.
        var how = random.Next(name == "sa.key" ? 2 : 3);
        if (how == 0) File.WriteAllText(file, "rubbish\n");
        else if (how == 1) File.WriteAllBytes(file, File.ReadAllBytes(file)[..(random.Next(100))]);
        else File.Delete(file);
        return $"{name} {(how == 0 ? "with rubbish" : how == 1 ? "cut short" : "removed")}";
    }

    /// <summary>A pair that does not match may be told by either name.</summary>
    private static bool RefusedFor(StartResult result, string done) =>
        result.RefusedFor(done.Split(' ')[0]) || (done.StartsWith("ca.", StringComparison.Ordinal) && result.RefusedFor("ca."));
}
