using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Pods;

[Collection("pods")]
public sealed class DeletionTests(PodCluster cluster)
{
    /// <summary>One Pod a state, by the name of the state.</summary>
    private static readonly (string Name, string Spec)[] States =
    [
        ("volumeless", "volumes: [{name: v, configMap: {name: none}}], containers: [{name: c, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '3600'], volumeMounts: [{name: v, mountPath: /v}]}]"),
        ("sandboxless", "securityContext: {sysctls: [{name: kernel.shm_rmid_forced, value: none}]}, containers: [{name: c, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '3600']}]"),
        ("unconfigured", "containers: [{name: c, image: busybox, imagePullPolicy: IfNotPresent, envFrom: [{configMapRef: {name: none}}], command: [sleep, '3600']}]"),
        ("imageless", "containers: [{name: c, image: 'none:1', imagePullPolicy: Never}]"),
        ("initializing", "initContainers: [{name: i, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '3600']}], containers: [{name: c, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '3600']}]"),
        ("running", "containers: [{name: c, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '3600']}]"),
        ("crashing", "containers: [{name: c, image: busybox, imagePullPolicy: IfNotPresent, command: ['false']}]"),
        ("unstartable", "containers: [{name: c, image: busybox, imagePullPolicy: IfNotPresent, command: [/no/such]}]"),
        ("done", "restartPolicy: Never, containers: [{name: c, image: busybox, imagePullPolicy: IfNotPresent, command: ['true']}]"),
        ("failed", "restartPolicy: Never, containers: [{name: c, image: busybox, imagePullPolicy: IfNotPresent, command: ['false']}]"),
        ("unready", "containers: [{name: c, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, '3600'], readinessProbe: {exec: {command: ['false']}}}]"),
    ];

    private static readonly Dictionary<string, string[]> Shown = new()
    {
        ["volumeless"] = ["ContainerCreating"], ["sandboxless"] = ["ContainerCreating"], ["unconfigured"] = ["CreateContainerConfigError"], ["imageless"] = ["ErrImageNeverPull"],
        ["initializing"] = ["Init:0/1"], ["running"] = ["Running"], ["crashing"] = ["CrashLoopBackOff", "Error"], ["unstartable"] = ["RunContainerError", "CrashLoopBackOff", "StartError"],
        ["done"] = ["Completed"], ["failed"] = ["Error"], ["unready"] = ["Running"],
    };

    [Fact]
    public async Task PodInEachState_GoesWhenDeleted_AndItsNeighbourNeverNotices()
    {
        var kubectl = await cluster.NamespaceAsync();
        await kubectl.FeedAsync("create", Manifests.Sleeper("neighbour"));
        await kubectl.PodReadyAsync("neighbour");
        var before = await kubectl.FieldAsync("get pod neighbour", "{.status.containerStatuses[0]}");
        await kubectl.FeedAsync("create", string.Join("---\n", States.Select(s => $"apiVersion: v1\nkind: Pod\nmetadata: {{name: {s.Name}, labels: {{bad: 'yes'}}}}\nspec: {{terminationGracePeriodSeconds: 1, {s.Spec}}}\n")));
        foreach (var (name, _) in States)
            await Eventually.GetAsync(() => kubectl.StatusAsync(name), s => Shown[name].Contains(s), $"{name} shows {string.Join(" or ", Shown[name])}");
        await Eventually.ContainsAsync(() => kubectl.LineAsync("get events --field-selector involvedObject.name=sandboxless"), "FailedCreatePodSandBox");
        Assert.Equal(before, await kubectl.FieldAsync("get pod neighbour", "{.status.containerStatuses[0]}"));
        var uids = (await kubectl.FieldAsync("get pods -l bad=yes", "{.items[*].metadata.uid}")).Split(' ');

        await kubectl.LineAsync("delete pods -l bad=yes --timeout=60s");

        Assert.Equal("neighbour", await kubectl.FieldAsync("get pods", "{.items[*].metadata.name}"));
        // The object goes before its last traces on the node do.
        await Eventually.TrueAsync(async () => await LeavesNothingAsync(uids), "the runtime and the disk hold nothing of them");
        Assert.Equal(before, await kubectl.FieldAsync("get pod neighbour", "{.status.containerStatuses[0]}"));
    }

    private async Task<bool> LeavesNothingAsync(string[] uids)
    {
        var containers = await cluster.Cox.CtrAsync("containers ls labels.\"io.kubernetes.pod.uid\"!=\"\"");
        var ids = containers.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(' ')[0]).ToList();
        foreach (var id in ids)
            if ((await Command.RunAsync("ctr", ["-a", cluster.Cox.ContainerdSocket(), "-n", "k8s.io", "containers", "info", id])).Output is var info && uids.Any(u => info.Contains(u, StringComparison.Ordinal))) return false;
        var pods = Path.Combine(cluster.Cox.DataDirectory, "node", "pods");
        return uids.All(u => !Directory.Exists(Path.Combine(pods, u)));
    }
}
