using System.Text.Json;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Tutorial;

/// <summary>What the tutorial says, done with stock kubectl on real containers. Each test has a namespace of its own.</summary>
[Collection("tutorial")]
public sealed class TutorialTests(TutorialCluster cluster) : TutorialTest(cluster)
{
    /// <summary>As <see cref="ExecAsync"/>, or the failure's text.</summary>
    private async Task<string> TryExecAsync(string pod, string container, params string[] command)
    {
        try { return await ExecAsync(pod, container, command); }
        catch (Xunit.Sdk.XunitException e) { return e.Message; }
    }

    private Task<string> ContainerIdAsync(string pod, string container) =>
        Kubectl.FieldAsync($"get pod {pod}", $"{{.status.containerStatuses[?(@.name=='{container}')].containerID}}");

    private Task<string> PodIpAsync(string pod) => Kubectl.FieldAsync($"get pod {pod}", "{.status.podIP}");

    private static string BusyboxPod(string name, string command, string more = "") => $$"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: {{name}}
        spec:
          terminationGracePeriodSeconds: 1
          containers:
            - name: c
              image: busybox
              imagePullPolicy: IfNotPresent
              command: ["/bin/sh", "-c", "{{command}}"]
        {{more}}
        """;

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S1AndS2_TwoContainers_ShareAddressVolumeAndPauseContainer(string version)
    {
        await UseAsync(version);
        await Kubectl.GetAsync("create", "-f", Repository.Example("01-pods/two-containers.yaml"));
        await Kubectl.PodReadyAsync("two-containers");

        // The writer runs, but may not have written yet.
        await Eventually.IsAsync(() => TryExecAsync("two-containers", "reader", "cat", "/data/message"), "hello from the writer");
        await Eventually.IsAsync(() => TryExecAsync("two-containers", "reader", "nc", "127.0.0.1", "8080"), "hello from the writer");

        // The pause process holds the namespaces that both containers are in.
        var uid = await Kubectl.FieldAsync("get pod two-containers", "{.metadata.uid}");
        var sandboxes = await Cox.CtrAsync($"containers ls -q labels.\"io.kubernetes.pod.uid\"=={uid}");
        var tasks = (await Cox.CtrAsync("tasks ls")).Split('\n').Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(c => c.Length >= 3).ToDictionary(c => c[0], c => int.Parse(c[1]));
        var pids = sandboxes.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(id => tasks[id.Trim()]).ToList();
        Assert.Equal(3, pids.Count);
        var networks = pids.Select(p => new FileInfo($"/proc/{p}/ns/net").LinkTarget).Distinct().ToList();
        Assert.Single(networks);
        Assert.Single(pids, p => File.ReadAllText($"/proc/{p}/comm").Trim() == "pause");
        Assert.NotEqual(new FileInfo("/proc/self/ns/net").LinkTarget, networks[0]);
    }

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S1_PauseProcessKilled_TheWholePodIsMadeAnew(string version)
    {
        await UseAsync(version);
        await Kubectl.FeedAsync("create", BusyboxPod("grouped", "while true; do sleep 3600; done"));
        await Kubectl.PodReadyAsync("grouped");
        var container = await ContainerIdAsync("grouped", "c");
        var uid = await Kubectl.FieldAsync("get pod grouped", "{.metadata.uid}");
        // What has ended stays for `logs --previous`: those that run are what counts.
        async Task<string[]> SandboxesAsync()
        {
            var running = (await Cox.CtrAsync("tasks ls")).Split('\n').Where(l => l.Contains("RUNNING", StringComparison.Ordinal)).Select(l => l.Split(' ')[0]).ToHashSet();
            var all = await Cox.CtrAsync($"containers ls -q labels.\"io.kubernetes.pod.uid\"=={uid},labels.\"io.cri-containerd.kind\"==sandbox");
            return [.. all.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(running.Contains)];
        }

        var pause = Assert.Single(await SandboxesAsync());

        await Cox.CtrAsync($"task kill -s SIGKILL {pause}");

        await Eventually.ContainsAsync(() => Kubectl.GetAsync("describe", "pod", "grouped"), "Pod sandbox changed, it will be killed and re-created.");
        await Eventually.TrueAsync(async () => await ContainerIdAsync("grouped", "c") is { Length: > 0 } now && now != container, "another container");
        await Kubectl.PodReadyAsync("grouped");
        await Eventually.TrueAsync(async () => await SandboxesAsync() is [var other] && other != pause, "one pause process, another one");
        // It came out of the product itself: the node was never asked to pull one.
        Assert.DoesNotContain("pause", await Kubectl.GetAsync("get", "events", "--field-selector", "reason=Pulling"), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S3_AnyTwoPods_ReachEachOtherByTcp(string version)
    {
        await UseAsync(version);
        await Kubectl.FeedAsync("create", BusyboxPod("server", "exec nc -ll -p 7000 -e echo pong"));
        await Kubectl.PodReadyAsync("server");
        var ip = await PodIpAsync("server");
        await Kubectl.FeedAsync("create", BusyboxPod("client", $"nc {ip} 7000", "  restartPolicy: Never"));
        await Eventually.IsAsync(() => Kubectl.FieldAsync("get pod client", "{.status.phase}"), "Succeeded");

        await Eventually.IsAsync(() => Kubectl.GetAsync("logs", "client"), "pong"); // the runtime may still be writing what the container said last
        Assert.NotEqual(ip, await PodIpAsync("client"));
    }

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S4_KilledContainer_IsRestartedAndCounted(string version)
    {
        await UseAsync(version);
        await Kubectl.FeedAsync("create", BusyboxPod("victim", "while true; do sleep 3600; done"));
        await Kubectl.PodReadyAsync("victim");
        var first = await ContainerIdAsync("victim", "c");

        await Cox.CtrAsync($"task kill -s SIGKILL {first.Split("//")[1]}");

        await Eventually.IsAsync(() => Kubectl.FieldAsync("get pod victim", "{.status.containerStatuses[0].restartCount}"), "1");
        await Kubectl.PodReadyAsync("victim");
        Assert.NotEqual(first, await ContainerIdAsync("victim", "c"));
        Assert.Equal("137", await Kubectl.FieldAsync("get pod victim", "{.status.containerStatuses[0].lastState.terminated.exitCode}"));
    }

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S6AndS11_NginxAndTomcatAsOnePod_AnswerOnTwoPortsOfOneAddress(string version)
    {
        await UseAsync(version);
        await Kubectl.GetAsync("create", "-f", Repository.Example("04-nginx-and-tomcat/docker.yaml"), "-f", Repository.Example("04-nginx-and-tomcat/service.yaml"));
        await Kubectl.GetAsync("rollout", "status", "deployment/docker-pod", "--timeout=90s");

        var line = await Kubectl.GetAsync("get", "pods", "-l", "app=test", "--no-headers");
        Assert.Matches(@"^docker-pod-[a-z0-9]+-[a-z0-9]{5}\s+2/2\s+Running\s+0\s", line);
        var ip = await Kubectl.FieldAsync("get pods -l app=test", "{.items[0].status.podIP}");
        Assert.Matches($@"^docker-pod-\S+\s+2/2\s+Running\s+0\s+\S+\s+{System.Text.RegularExpressions.Regex.Escape(ip)}\s+node-1\s+<none>\s+<none>$", await Kubectl.GetAsync("get", "pods", "-l", "app=test", "-o", "wide", "--no-headers"));
        Assert.Contains("Welcome to nginx!", await HttpAsync($"http://{ip}:80/"), StringComparison.Ordinal);
        Assert.Contains("It works: Tomcat in a Pod", await HttpAsync($"http://{ip}:8080/"), StringComparison.Ordinal);

        await Eventually.ContainsAsync(() => Kubectl.GetAsync("get", "endpoints", "docker-pod", "--no-headers"), $"{ip}:80,{ip}:8080");
        await Eventually.IsAsync(() => Kubectl.FieldAsync("get endpointslices -l kubernetes.io/service-name=docker-pod", "{.items[0].endpoints[0].addresses[0]}"), ip);

        // On the machine: both containers, and the pause container beside them.
        var uid = await Kubectl.FieldAsync("get pods -l app=test", "{.items[0].metadata.uid}");
        var images = (await Cox.CtrAsync($"containers ls labels.\"io.kubernetes.pod.uid\"=={uid}")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]).Order();
        Assert.Equal(["coxswain.internal/pause:1", "daocloud.io/library/nginx:1.13.0-alpine", "daocloud.io/library/tomcat:8.5.21-jre8-alpine"], images);
    }

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S7_RepeatedEvents_FoldIntoOneWithCountAndTimes(string version)
    {
        await UseAsync(version);
        await Kubectl.FeedAsync("create", BusyboxPod("waiting", "true", "  volumes: [{name: v, configMap: {name: missing}}]").Replace("command:", "volumeMounts: [{name: v, mountPath: /v}]\n      command:", StringComparison.Ordinal));

        await Eventually.GetAsync(() => Kubectl.GetAsync("describe", "pod", "waiting"), s => System.Text.RegularExpressions.Regex.IsMatch(s, @"Warning\s+FailedMount\s+\S+ \(x\d+ over \S+\)\s+kubelet\s+MountVolume.SetUp failed for volume ""v"" : configmap ""missing"" not found"), "a folded FailedMount event");
        Assert.Equal("ContainerCreating", await Kubectl.StatusAsync("waiting"));
        // One Event, whose last time moves on with each repeat.
        await Eventually.TrueAsync(async () =>
        {
            var events = await Kubectl.GetAsync("get", "events", "--field-selector", "reason=FailedMount,involvedObject.name=waiting", "-o", "json");
            var item = JsonDocument.Parse(events).RootElement.GetProperty("items").EnumerateArray().Single();
            Assert.Equal(("Warning", "kubelet", "node-1"), (item.GetProperty("type").GetString(), item.GetProperty("source").GetProperty("component").GetString(), item.GetProperty("source").GetProperty("host").GetString()));
            return item.GetProperty("count").GetInt32() > 1 && item.GetProperty("firstTimestamp").GetDateTime() < item.GetProperty("lastTimestamp").GetDateTime();
        }, "a count above one and a last time after the first");
    }

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S10_DeploymentOfFive_IsScaledUpdatedAndUndone(string version)
    {
        await UseAsync(version);
        await Kubectl.GetAsync("create", "-f", Repository.Example("03-deployment/nginx-deployment.yaml"));
        Assert.Contains("successfully rolled out", await Kubectl.GetAsync("rollout", "status", "deployment/nginx-deployment", "--timeout=90s"), StringComparison.Ordinal);
        Assert.Matches(@"^nginx-deployment\s+5/5\s+5\s+5\s", await Kubectl.GetAsync("get", "deployment", "nginx-deployment", "--no-headers"));

        await Kubectl.LineAsync("scale deployment nginx-deployment --replicas=2");
        await Eventually.GetAsync(() => Kubectl.GetAsync("get", "pods", "-l", "app=nginx", "--no-headers"), s => s.Split('\n').Length == 2, "two Pods");

        await Kubectl.LineAsync("set image deployment/nginx-deployment nginx=daocloud.io/library/nginx:1.13.1-alpine");
        await Kubectl.GetAsync("rollout", "status", "deployment/nginx-deployment", "--timeout=90s");
        await Eventually.IsAsync(ImagesOfPodsAsync, "daocloud.io/library/nginx:1.13.1-alpine"); // the old ones take a moment to end

        await Kubectl.LineAsync("rollout undo deployment/nginx-deployment");
        await Kubectl.GetAsync("rollout", "status", "deployment/nginx-deployment", "--timeout=90s");
        await Eventually.IsAsync(ImagesOfPodsAsync, "daocloud.io/library/nginx:1.13.0-alpine");
        Assert.Matches(@"REVISION\s+CHANGE-CAUSE\n2\s+<none>\n3\s+<none>", await Kubectl.LineAsync("rollout history deployment/nginx-deployment"));
        Assert.Contains("Scaled up replica set nginx-deployment-", await Kubectl.LineAsync("describe deployment nginx-deployment"), StringComparison.Ordinal);
    }

    private async Task<string> ImagesOfPodsAsync() =>
        string.Join(' ', (await Kubectl.FieldAsync("get pods -l app=nginx", "{.items[*].spec.containers[0].image}")).Split(' ').Distinct());

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S10_ReplicationControllerAndDaemonSet_KeepTheirPods(string version)
    {
        await UseAsync(version);
        await Kubectl.FeedAsync("create", """
            apiVersion: v1
            kind: ReplicationController
            metadata: {name: rc}
            spec:
              replicas: 2
              selector: {app: rc}
              template:
                metadata: {labels: {app: rc}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers: [{name: c, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, "3600"]}]
            ---
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: ds}
            spec:
              selector: {matchLabels: {app: ds}}
              template:
                metadata: {labels: {app: ds}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers: [{name: c, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, "3600"]}]
            """);
        await Eventually.IsAsync(() => Kubectl.FieldAsync("get rc rc", "{.status.readyReplicas}"), "2");
        await Eventually.IsAsync(() => Kubectl.FieldAsync("get ds ds", "{.status.numberReady}"), "1");
        Assert.Matches(@"^rc\s+2\s+2\s+2\s", await Kubectl.GetAsync("get", "rc", "rc", "--no-headers"));
        Assert.Matches(@"^ds\s+1\s+1\s+1\s+1\s+1\s+<none>\s", await Kubectl.GetAsync("get", "ds", "ds", "--no-headers"));
    }

    private static async Task<string> HttpAsync(string url)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        var last = "";
        await Eventually.TrueAsync(async () =>
        {
            try { last = await http.GetStringAsync(url, TestContext.Current.CancellationToken); return true; }
            catch (HttpRequestException e) { last = e.Message; return false; }
        }, url, 60);
        return last;
    }
}
