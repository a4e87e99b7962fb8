namespace Coxswain.Soak.Faults;

/// <summary>
/// The server is killed, and files of its node are overwritten with rubbish. The next server repairs what is its own; only the Pod whose
/// files they were may notice.
/// </summary>
internal sealed class NodeFilesDamaged : IFault
{
    private const string Rubbish = "\0rubbish = [[[ 1 2 3\n";

    public string Name => "node-files-damaged";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        var (pod, _) = Victims.Pod(cluster, random);
        await cluster.Server.KillAsync();
        var done = new List<string>();
        var targets = Targets(cluster.Server.Directory, Path.Combine(cluster.Server.Directory, "node", "pods", pod.Uid));
        foreach (var (what, damage) in targets)
        {
            if (random.Next(2) == 0) continue;
            damage();
            done.Add(what);
        }
        var hit = new Hit($"{string.Join(", ", done)}; the Pod: {pod.Name}", pod.Name);
        await cluster.Server.StartAsync(ct);
        return hit;
    }

    private static IEnumerable<(string What, Action Damage)> Targets(string data, string pod)
    {
        yield return ("containerd.pid", () => Scribble(data, "containerd/containerd.pid"));
        yield return ("containerd's config.toml", () => Scribble(data, "containerd/config.toml"));
        yield return ("cox.pid", () => Scribble(data, "cox.pid"));
        yield return ("a file among the Pods' directories", () => Scribble(data, "node/pods/rubbish"));
        yield return ("a file among the Pods' logs", () => Scribble(data, "node/logs/pods/rubbish"));
        yield return ("a directory of no Pod",
            () => Directory.CreateDirectory(Path.Combine(data, "node/pods/0000-rubbish/volumes/kubernetes.io~secret/s/..data")));
        yield return ("a log directory of no Pod",
            () => Directory.CreateDirectory(Path.Combine(data, "node/logs/pods/default_gone_0000-rubbish/c/0.log")));
        yield return ("etc-hosts", () => Scribble(pod, "etc-hosts"));
        yield return ("a file among the volumes", () => Scribble(pod, "volumes/rubbish"));
        yield return ("a ConfigMap's ..data", () => ReplaceLink(Path.Combine(pod, "volumes/kubernetes.io~configmap/settings/..data")));
        yield return ("a ConfigMap's directory", () => Scribble(pod, "volumes/kubernetes.io~configmap/settings/..rubbish"));
    }

    private static void Scribble(string directory, string name)
    {
        var file = Path.Combine(directory, name);
        if (Directory.Exists(Path.GetDirectoryName(file))) File.WriteAllText(file, Rubbish);
    }

    private static void ReplaceLink(string link)
    {
        if (new FileInfo(link).LinkTarget is null) return; // a static Pod has none
        File.Delete(link);
        File.WriteAllText(link, Rubbish);
    }
}
