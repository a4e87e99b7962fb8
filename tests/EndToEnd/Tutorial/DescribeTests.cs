using System.Globalization;
using System.Text.RegularExpressions;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Tutorial;

/// <summary>S9: every line of <c>kubectl describe</c>, held against what the node and its runtime know.</summary>
[Collection("tutorial")]
public sealed class DescribeTests(TutorialCluster cluster) : TutorialTest(cluster)
{
    [Theory, MemberData(nameof(Kubectls))]
    public async Task S9_PodOfADeployment_PrintsTheSheet(string version)
    {
        await UseAsync(version);
        var before = DateTime.UtcNow.AddSeconds(-2);
        await Kubectl.GetAsync("create", "-f", Repository.Example("03-deployment/nginx-deployment.yaml"));
        await Kubectl.GetAsync("rollout", "status", "deployment/nginx-deployment", "--timeout=90s");
        var pod = await Kubectl.FieldAsync("get pods -l app=nginx", "{.items[0].metadata.name}");
        var set = await Kubectl.FieldAsync("get replicasets -l app=nginx", "{.items[0].metadata.name}");
        var (container, sandbox) = await OnTheNodeAsync(pod, "nginx");
        var sheet = await Eventually.ContainsAsync(() => Kubectl.GetAsync("describe", "pod", pod), "  Started  "); // Events are written beside the work: the last follows the status

        Assert.InRange(Time(sheet, @"^Start Time:\s+(.*)$"), before, DateTime.UtcNow);
        Assert.InRange(Time(sheet, @"^      Started:\s+(.*)$"), before, DateTime.UtcNow);
        Has(sheet,
            $@"^Name:\s+{pod}$", $@"^Namespace:\s+{Namespace}$", @"^Priority:\s+0$", $@"^Node:\s+node-1/{Regex.Escape(await HostIpAsync())}$",
            @"^Labels:\s+app=nginx$", $@"^\s+pod-template-hash={set["nginx-deployment-".Length..]}$", @"^Annotations:\s+<none>$", @"^Status:\s+Running$",
            $@"^IP:\s+{Regex.Escape(await AddressInAsync(sandbox))}$", $@"^Controlled By:\s+ReplicaSet/{set}$", @"^  nginx:$", $@"^    Container ID:\s+containerd://{container}$",
            @"^    Image:\s+daocloud.io/library/nginx:1.13.0-alpine$", $@"^    Image ID:\s+.*{await ImageIdAsync("daocloud.io/library/nginx:1.13.0-alpine")}$", @"^    Port:\s+80/TCP$", @"^    Host Port:\s+0/TCP$",
            @"^    State:\s+Running$", @"^    Ready:\s+True$", @"^    Restart Count:\s+0$", @"^    Environment:\s+<none>$",
            @"^      /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-[a-z0-9]{5} \(ro\)$",
            @"^  Initialized\s+True\s*$", @"^  Ready\s+True\s*$", @"^  ContainersReady\s+True\s*$", @"^  PodScheduled\s+True\s*$", @"^  PodReadyToStartContainers\s+True\s*$",
            @"^  kube-api-access-[a-z0-9]{5}:$", @"^    Type:\s+Projected \(a volume that contains injected data from multiple sources\)$", @"^    TokenExpirationSeconds:\s+3607$", @"^    ConfigMapName:\s+kube-root-ca.crt$",
            @"^QoS Class:\s+BestEffort$", @"^Node-Selectors:\s+<none>$", @"^Tolerations:\s+node.kubernetes.io/not-ready:NoExecute op=Exists for 300s$", @"^\s+node.kubernetes.io/unreachable:NoExecute op=Exists for 300s$",
            $@"^  Normal\s+Scheduled\s+\S+\s+default-scheduler  Successfully assigned {Namespace}/{pod} to node-1$",
            @"^  Normal\s+Pulled\s+\S+\s+kubelet\s+Container image ""daocloud.io/library/nginx:1.13.0-alpine"" already present on machine and can be accessed by the pod$",
            @"^  Normal\s+Created\s+\S+\s+kubelet\s+Container created$", @"^  Normal\s+Started\s+\S+\s+kubelet\s+Container started$");
        if (await Kubectl.MinorAsync() >= 23) Has(sheet, @"^Service Account:\s+default$");
    }

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S9_PodThatUsesAllOfIt_PrintsEachLine(string version)
    {
        await UseAsync(version);
        await Kubectl.LineAsync("create configmap settings --from-literal=level=info");
        await Kubectl.FeedAsync("create", """
            apiVersion: v1
            kind: Pod
            metadata:
              name: all
              labels: {app: all, tier: back}
              annotations: {note: "for people"}
            spec:
              terminationGracePeriodSeconds: 1
              nodeSelector: {kubernetes.io/os: linux}
              tolerations: [{key: dedicated, operator: Equal, value: db, effect: NoSchedule}]
              containers:
                - name: main
                  image: busybox
                  imagePullPolicy: IfNotPresent
                  command: [sh, -c, "[ -e /scratch/second ] || { touch /scratch/second; exit 7; }; exec sleep 3600"]
                  args: [one, two]
                  ports: [{name: web, containerPort: 8080}, {name: dns, containerPort: 53, protocol: UDP}]
                  env: [{name: PLAIN, value: text}, {name: LEVEL, valueFrom: {configMapKeyRef: {name: settings, key: level}}}, {name: ME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
                  envFrom: [{configMapRef: {name: settings}}]
                  resources: {requests: {cpu: 50m, memory: 16Mi}, limits: {cpu: 200m, memory: 32Mi}}
                  livenessProbe: {exec: {command: ["true"]}, periodSeconds: 5}
                  readinessProbe: {exec: {command: ["true"]}, periodSeconds: 1}
                  volumeMounts: [{name: scratch, mountPath: /scratch}, {name: conf, mountPath: /etc/conf, readOnly: true}, {name: host, mountPath: /host, subPath: passwd}]
                - {name: side, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, "3600"]}
              volumes:
                - {name: scratch, emptyDir: {medium: Memory, sizeLimit: 1Mi}}
                - {name: conf, configMap: {name: settings}}
                - {name: host, hostPath: {path: /etc}}
            """);
        await Eventually.IsAsync(() => Kubectl.FieldAsync("get pod all", "{.status.containerStatuses[?(@.name=='main')].restartCount}"), "1");
        await Kubectl.PodReadyAsync("all");
        var (main, sandbox) = await OnTheNodeAsync("all", "main");
        var (side, _) = await OnTheNodeAsync("all", "side");
        var created = new Regex(@"^  Normal\s+Created\s+\S+ \(x2 over \S+\)\s+kubelet\s+Container created$", RegexOptions.Multiline); // the restarted container's, folded
        var sheet = await Eventually.GetAsync(() => Kubectl.GetAsync("describe", "pod", "all"), s => created.IsMatch(s), "a folded Created event");

        Has(sheet,
            @"^Labels:\s+app=all$", @"^\s+tier=back$", @"^Annotations:\s+note: for people$", @"^Status:\s+Running$", $@"^IP:\s+{Regex.Escape(await AddressInAsync(sandbox))}$",
            $@"^    Container ID:\s+containerd://{main}$", $@"^    Container ID:\s+containerd://{side}$", @"^    Image:\s+busybox$", $@"^    Image ID:\s+.*{await ImageIdAsync("docker.io/library/busybox:latest")}$",
            @"^    Ports?:\s+8080/TCP( \(web\))?, 53/UDP( \(dns\))?$", @"^    Host Ports?:\s+0/TCP( \(web\))?, 0/UDP( \(dns\))?$", @"^    Command:$", @"^    Args:$", @"^      two$",
            @"^    Last State:\s+Terminated$", @"^      Reason:\s+Error$", @"^      Exit Code:\s+7$", @"^    Restart Count:\s+1$",
            @"^    Limits:$", @"^      cpu:\s+200m$", @"^      memory:\s+32Mi$", @"^    Requests:$", @"^      cpu:\s+50m$", @"^      memory:\s+16Mi$",
            @"^    Liveness:\s+exec \[true\] delay=0s timeout=1s period=5s #success=1 #failure=3$", @"^    Readiness:\s+exec \[true\] delay=0s timeout=1s period=1s #success=1 #failure=3$",
            @"^    Environment Variables from:$", @"^      settings\s+ConfigMap\s+Optional: false$", @"^      PLAIN:\s+text$", @"^      LEVEL:\s+<set to the key 'level' of config map 'settings'>\s+Optional: false$", @"^      ME:\s+all \(v1:metadata.name\)$",
            @"^      /etc/conf from conf \(ro\)$", @"^      /host from host \(rw,path=""passwd""\)$", @"^      /scratch from scratch \(rw\)$",
            @"^    Type:\s+EmptyDir \(a temporary directory that shares a pod's lifetime\)$", @"^    Medium:\s+Memory$", @"^    SizeLimit:\s+1Mi$",
            @"^    Type:\s+ConfigMap \(a volume populated by a ConfigMap\)$", @"^    Name:\s+settings$", @"^    Type:\s+HostPath \(bare host directory volume\)$", @"^    Path:\s+/etc$",
            @"^QoS Class:\s+Burstable$", @"^Node-Selectors:\s+kubernetes.io/os=linux$", @"^Tolerations:\s+dedicated=db:NoSchedule$");
        Assert.True(Time(sheet, @"^      Finished:\s+(.*)$") >= Time(sheet, @"^      Started:\s+(.*)$").AddMinutes(-1));
    }

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S9_Node_PrintsTheMachine(string version)
    {
        await UseAsync(version);
        var sheet = await Eventually.ContainsAsync(() => Kubectl.GetAsync("describe", "node", "node-1"), "  NodeReady  ");

        Has(sheet,
            @"^Name:\s+node-1$", @"^Roles:\s+<none>$", @"^Labels:\s+beta.kubernetes.io/arch=(amd64|arm64)$", @"^\s+kubernetes.io/hostname=node-1$", @"^Taints:\s+<none>$", @"^Unschedulable:\s+false$", @"^  HolderIdentity:\s+node-1$",
            @"^  MemoryPressure\s+False .*KubeletHasSufficientMemory\s+kubelet has sufficient memory available$", @"^  DiskPressure\s+False .*KubeletHasNoDiskPressure\s+kubelet has no disk pressure$",
            @"^  PIDPressure\s+False .*KubeletHasSufficientPID\s+kubelet has sufficient PID available$", @"^  Ready\s+True .*KubeletReady\s+kubelet is posting ready status", $@"^  InternalIP:\s+{Regex.Escape(await HostIpAsync())}$", @"^  Hostname:\s+node-1$",
            $@"^  cpu:\s+{Environment.ProcessorCount}$", $@"^  memory:\s+{FirstNumber("/proc/meminfo")}Ki$", @"^  ephemeral-storage:\s+\d+(Ki)?$", @"^  pods:\s+110$",
            $@"^  Boot ID:\s+{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}$", $@"^  Kernel Version:\s+{Regex.Escape(File.ReadAllText("/proc/sys/kernel/osrelease").Trim())}$",
            $@"^  OS Image:\s+{Regex.Escape(File.ReadLines("/etc/os-release").Single(l => l.StartsWith("PRETTY_NAME=", StringComparison.Ordinal)).Split('"')[1])}$", @"^  Machine ID:\s+\S+$", @"^  System UUID:\s+\S+$",
            @"^  Operating System:\s+linux$", @"^  Architecture:\s+(amd64|arm64)$", $@"^  Container Runtime Version:\s+containerd://{Regex.Escape(await ContainerdVersionAsync())}", @"^  Kubelet Version:\s+v1\.36\.0$",
            @"^PodCIDR:\s+10\.\d+\.0\.0/24$", @"^Non-terminated Pods:\s+\(\d+ in total\)$", @"^Allocated resources:$", @"^  Normal\s+NodeReady\s+.*kubelet\s+Node node-1 status is now: NodeReady$");
        if (File.Exists("/etc/machine-id") && File.ReadAllText("/etc/machine-id").Trim() is { Length: > 0 } id) Has(sheet, $@"^  Machine ID:\s+{id}$");
        Assert.InRange(Time(sheet, @"^  RenewTime:\s+(.*)$"), DateTime.UtcNow.AddMinutes(-1), DateTime.UtcNow.AddSeconds(5));
        Assert.InRange(Time(sheet, @"^CreationTimestamp:\s+(.*)$"), DateTime.UtcNow.AddHours(-1), DateTime.UtcNow);
    }

    private static void Has(string sheet, params string[] lines) => Assert.All(lines, l => Assert.Matches(new Regex(l, RegexOptions.Multiline), sheet));

    private static DateTime Time(string sheet, string line) =>
        DateTimeOffset.ParseExact(Regex.Match(sheet, line, RegexOptions.Multiline).Groups[1].Value.Trim(), "ddd, dd MMM yyyy HH:mm:ss zzz", CultureInfo.InvariantCulture).UtcDateTime;

    private static string FirstNumber(string file) => Regex.Match(File.ReadAllText(file), @"\d+").Value;

    private Task<string> HostIpAsync() => Kubectl.FieldAsync("get node node-1", "{.status.addresses[?(@.type=='InternalIP')].address}");

    private async Task<string> ContainerdVersionAsync() => Regex.Match(await Cox.CtrAsync("version"), @"Server:\s+Version:\s+v?(\S+)").Groups[1].Value;

    /// <summary>The running container and the pause process's pid, as the runtime has them.</summary>
    private async Task<(string Container, int SandboxPid)> OnTheNodeAsync(string pod, string container)
    {
        var uid = await Kubectl.FieldAsync($"get pod {pod}", "{.metadata.uid}");
        var running = (await Cox.CtrAsync("tasks ls")).Split('\n').Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(c => c is [_, _, "RUNNING"]).ToDictionary(c => c[0], c => int.Parse(c[1], CultureInfo.InvariantCulture));
        var ids = await IdsAsync($"labels.\"io.kubernetes.pod.uid\"=={uid},labels.\"io.kubernetes.container.name\"=={container}");
        var sandboxes = await IdsAsync($"labels.\"io.kubernetes.pod.uid\"=={uid},labels.\"io.cri-containerd.kind\"==sandbox");
        return (ids.Single(running.ContainsKey), running[sandboxes.Single(running.ContainsKey)]);
    }

    private async Task<string[]> IdsAsync(string filter) => (await Cox.CtrAsync($"containers ls -q {filter}")).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The address that the Pod's network namespace has.</summary>
    private static async Task<string> AddressInAsync(int pid)
    {
        var shown = (await Command.RunAsync("nsenter", ["-t", $"{pid}", "-n", "ip", "-4", "-o", "addr", "show", "dev", "eth0"])).Succeeded().Output;
        return Regex.Match(shown, @"inet ([\d.]+)/").Groups[1].Value;
    }

    /// <summary>By what the runtime knows an image: <c>cox image ls</c> shows the beginning.</summary>
    private async Task<string> ImageIdAsync(string image)
    {
        var rows = (await Cox.CoxAsync("image", "ls")).Succeeded().Output.Split('\n').Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return $"sha256:{rows.Single(r => r.Length > 1 && r[0] == image)[1]}[0-9a-f]{{52}}";
    }
}
