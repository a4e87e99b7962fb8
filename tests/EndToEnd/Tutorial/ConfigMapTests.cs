using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.Tutorial;

/// <summary>The second half of the tutorial: what a ConfigMap is made from, what it is good for, and where its limits are.</summary>
[Collection("tutorial")]
public sealed class ConfigMapTests(TutorialCluster cluster) : TutorialTest(cluster)
{
    [Theory, MemberData(nameof(Kubectls))]
    public async Task S12_ConfigMap_IsMadeFourWays(string version)
    {
        await UseAsync(version);
        await Kubectl.LineAsync("create configmap from-literal --from-literal=loglevel=info --from-literal=appdatadir=/var/data");
        await Kubectl.GetAsync("create", "configmap", "test-server.xml", "--from-file=" + Repository.Example("05-configmap-create/server.xml"));
        await Kubectl.GetAsync("create", "configmap", "from-directory", "--from-file=" + Repository.Example("05-configmap-create/config"));
        await Kubectl.GetAsync("create", "-f", Repository.Example("05-configmap-create/test-configmap.yaml"));

        Assert.Equal("""{"appdatadir":"/var/data","loglevel":"info"}""", await Kubectl.FieldAsync("get configmap from-literal", "{.data}"));
        Assert.Equal(File.ReadAllText(Repository.Example("05-configmap-create/server.xml")).Trim(), await Kubectl.FieldAsync("get configmap test-server.xml", @"{.data.server\.xml}"));
        Assert.Matches(@"^from-directory\s+2\s", await Kubectl.GetAsync("get", "configmap", "from-directory", "--no-headers"));
        Assert.Equal("docker1 /var/data", await Kubectl.FieldAsync("get configmap test-configmap", "{.data.key1} {.data.keydir}"));
    }

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S13_ConfigMap_AsEnvironmentAndArguments(string version)
    {
        await UseAsync(version);
        await Kubectl.GetAsync("create", "-f", Repository.Example("06-configmap-env"));
        await Eventually.IsAsync(() => Kubectl.FieldAsync("get pod docker-pod", "{.status.phase}"), "Succeeded");
        await Eventually.IsAsync(() => Kubectl.FieldAsync("get pod docker-pod-args", "{.status.phase}"), "Succeeded");

        await Eventually.IsAsync(async () => string.Join(' ', (await Kubectl.GetAsync("logs", "docker-pod")).Split('\n').Order()), "configmapDir=/var/data configmapPod=www.docker.com");
        await Eventually.IsAsync(() => Kubectl.GetAsync("logs", "docker-pod-args"), "www.docker.com /var/data");
        Assert.Equal("Completed", await Kubectl.StatusAsync("docker-pod"));
    }

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S13_ConfigMap_AsOneFileBySubPath(string version)
    {
        await UseAsync(version);
        await Kubectl.GetAsync("create", "-f", Repository.Example("07-configmap-volume"));
        await Kubectl.GetAsync("rollout", "status", "deployment/docker-pod", "--timeout=90s");
        var pod = await Kubectl.FieldAsync("get pods -l app=tomcat", "{.items[0].metadata.name}");

        Assert.Equal(await Kubectl.FieldAsync("get configmap tomcat-server-config", @"{.data.server\.xml}"), await ExecAsync(pod, "tomcatpod", "cat", "/tmp/server.xml"));
    }

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S13_ConfigMap_AsFilesByItemsAndModes_AndAllItsKeysAsVariables(string version)
    {
        await UseAsync(version);
        await Kubectl.LineAsync("create configmap settings --from-literal=level=info --from-literal=dir=/var/data");
        await Kubectl.FeedAsync("create", """
            apiVersion: v1
            kind: Pod
            metadata: {name: files}
            spec:
              restartPolicy: Never
              containers:
                - name: c
                  image: busybox
                  imagePullPolicy: IfNotPresent
                  command: [sh, -c, "cd /conf; ls; cat deep/level.txt; echo; stat -L -c %a deep/level.txt dir; echo $APP_level $APP_dir [$NONE]; ls /none | wc -l"]
                  envFrom: [{prefix: APP_, configMapRef: {name: settings}}, {configMapRef: {name: missing, optional: true}}]
                  env: [{name: NONE, valueFrom: {configMapKeyRef: {name: settings, key: missing, optional: true}}}]
                  volumeMounts: [{name: conf, mountPath: /conf}, {name: none, mountPath: /none}]
              volumes:
                - {name: conf, configMap: {name: settings, defaultMode: 0440, items: [{key: level, path: deep/level.txt, mode: 0400}, {key: dir, path: dir}]}}
                - {name: none, configMap: {name: missing, optional: true}}
            """);
        await Eventually.IsAsync(() => Kubectl.FieldAsync("get pod files", "{.status.phase}"), "Succeeded");

        await Eventually.IsAsync(async () => (await Kubectl.GetAsync("logs", "files")).ReplaceLineEndings(" "), "deep dir info 400 440 info /var/data [] 0");
    }

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S14_PodMadeBeforeItsConfigMap_WaitsWithAReasonAndStartsWhenItComes(string version)
    {
        await UseAsync(version);
        await Kubectl.GetAsync("create", "-f", Repository.Example("06-configmap-env/docker-pod.yaml"));
        await Eventually.IsAsync(() => Kubectl.StatusAsync("docker-pod"), "CreateContainerConfigError");
        Assert.Equal("configmap \"docker-configmap\" not found", await Kubectl.FieldAsync("get pod docker-pod", "{.status.containerStatuses[0].state.waiting.message}"));

        await Kubectl.GetAsync("create", "-f", Repository.Example("06-configmap-env/docker-configmap.yaml"));
        await Eventually.IsAsync(() => Kubectl.FieldAsync("get pod docker-pod", "{.status.phase}"), "Succeeded");
    }

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S14_ConfigMapOfAnotherNamespace_WillNotDo(string version)
    {
        await UseAsync(version);
        var other = Namespace + "-other";
        await Kubectl.GetAsync("create", "namespace", other);
        try
        {
            await Kubectl.In(other).GetAsync("create", "-f", Repository.Example("06-configmap-env/docker-configmap.yaml"));
            await Kubectl.GetAsync("create", "-f", Repository.Example("06-configmap-env/docker-pod.yaml"));
            await Eventually.IsAsync(() => Kubectl.StatusAsync("docker-pod"), "CreateContainerConfigError");
        }
        finally { await Kubectl.RunAsync("delete", "namespace", other, "--wait=false"); }
    }

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S14_VolumeHidesTheDirectory_SubPathDoesNot_AndOnlyTheVolumeFollowsTheMap(string version)
    {
        await UseAsync(version);
        await Kubectl.LineAsync("create configmap conf --from-literal=passwd=one");
        await Kubectl.FeedAsync("create", """
            apiVersion: v1
            kind: Pod
            metadata: {name: mounts}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
                - {name: whole, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, "3600"], volumeMounts: [{name: conf, mountPath: /etc/conf}, {name: conf, mountPath: /root}]}
                - {name: one, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, "3600"], volumeMounts: [{name: conf, mountPath: /etc/extra, subPath: passwd}]}
              volumes: [{name: conf, configMap: {name: conf}}]
            """);
        await Kubectl.PodReadyAsync("mounts");
        Assert.Equal("passwd", await ExecAsync("mounts", "whole", "ls", "/root"));
        Assert.Contains("group", await ExecAsync("mounts", "one", "ls", "/etc"), StringComparison.Ordinal);
        Assert.Equal("one", await ExecAsync("mounts", "one", "cat", "/etc/extra"));

        await Kubectl.GetAsync("patch", "configmap", "conf", "--type=merge", "-p", """{"data":{"passwd":"two"}}""");
        await Eventually.IsAsync(() => ExecAsync("mounts", "whole", "cat", "/etc/conf/passwd"), "two", 30);
        Assert.Equal("one", await ExecAsync("mounts", "one", "cat", "/etc/extra"));
    }

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S14_QuotaOnConfigMaps_IsKeptAndShown(string version)
    {
        await UseAsync(version);
        await Eventually.IsAsync(() => Kubectl.FieldAsync("get configmap kube-root-ca.crt", "{.metadata.name}"), "kube-root-ca.crt"); // counts like any other
        await Kubectl.LineAsync("create quota maps --hard=count/configmaps=3");
        await Kubectl.LineAsync("create configmap one --from-literal=a=1");
        await Kubectl.LineAsync("create configmap two --from-literal=a=2");
        Assert.Contains("configmaps \"three\" is forbidden: exceeded quota: maps, requested: count/configmaps=1, used: count/configmaps=3, limited: count/configmaps=3",
            (await Kubectl.TryLineAsync("create configmap three --from-literal=a=3")).Failed().Error, StringComparison.Ordinal);

        await Eventually.GetAsync(() => Kubectl.GetAsync("get", "quota", "maps", "--no-headers"), s => s.Contains("count/configmaps: 3/3", StringComparison.Ordinal), "3 of 3 used");
        Assert.Matches(@"(?s)Name:\s+maps\nNamespace:\s+" + Namespace + @"\nResource\s+Used\s+Hard\n-+\s+-+\s+-+\ncount/configmaps\s+3\s+3$", await Kubectl.LineAsync("describe quota maps"));
        Assert.Matches(@"(?s)Resource Quotas\n\s+Name:\s+maps\n.*count/configmaps\s+3\s+3", await Kubectl.LineAsync($"describe namespace {Namespace}"));

        await Kubectl.LineAsync("delete configmap one");
        await Kubectl.LineAsync("create configmap three --from-literal=a=3");
        await Kubectl.LineAsync("delete quota maps");
        await Kubectl.LineAsync("create configmap four --from-literal=a=4");
    }
}
