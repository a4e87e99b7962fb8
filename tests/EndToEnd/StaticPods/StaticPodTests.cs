using System.Net;
using System.Text;
using Coxswain.EndToEnd.Harness;

namespace Coxswain.EndToEnd.StaticPods;

public sealed class StaticPodTests
{
    public static TheoryData<string> Kubectls => Kubectl.Versions;

    [Theory, MemberData(nameof(Kubectls))]
    public async Task S5_FileInTheDirectory_RunsHasAMirrorAndEndsWithTheFile(string version)
    {
        await using var cox = new CoxCluster();
        Directory.CreateDirectory(cox.StaticPods);
        await cox.UpAsync();
        await cox.ImportImagesAsync("nginx", "busybox");
        var kubectl = cox.Kubectl(version);
        var file = Path.Combine(cox.StaticPods, "static-web.yaml");
        File.Copy(Repository.Example("02-static-pods/static-web.yaml"), file);
        await kubectl.PodReadyAsync("static-web-node-1");
        var container = await kubectl.FieldAsync("get pod static-web-node-1", "{.status.containerStatuses[0].containerID}");
        Assert.Equal("Node/node-1", await kubectl.FieldAsync("get pod static-web-node-1", "{.metadata.ownerReferences[0].kind}/{.metadata.ownerReferences[0].name}"));

        // Deleting the mirror does not end it: the mirror comes back, the container never stopped.
        await kubectl.LineAsync("delete pod static-web-node-1 --grace-period=0 --force");
        await Eventually.IsAsync(() => kubectl.FieldAsync("get pod static-web-node-1", "{.status.containerStatuses[0].containerID}"), container);

        // Nor does it ever become part of a controller's: one that selects its labels makes a Pod of its own.
        await kubectl.FeedAsync("create", """
            apiVersion: v1
            kind: ReplicationController
            metadata: {name: rc}
            spec:
              replicas: 1
              selector: {role: myrole}
              template: {metadata: {labels: {role: myrole}}, spec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, "3600"]}]}}
            """);
        await Eventually.IsAsync(() => kubectl.FieldAsync("get rc rc", "{.status.readyReplicas}"), "1");
        Assert.Equal("Node/node-1", await kubectl.FieldAsync("get pod static-web-node-1", "{.metadata.ownerReferences[*].kind}/{.metadata.ownerReferences[*].name}"));
        await kubectl.LineAsync("delete rc rc --cascade=foreground");

        // JSON is as good as YAML.
        var json = Path.Combine(cox.StaticPods, "second.json");
        await File.WriteAllTextAsync(json, """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"second"},"spec":{"terminationGracePeriodSeconds":1,"containers":[{"name":"c","image":"busybox","imagePullPolicy":"IfNotPresent","command":["sleep","3600"]}]}}""", TestContext.Current.CancellationToken);
        await kubectl.PodReadyAsync("second-node-1");
        File.Delete(json);

        await File.WriteAllTextAsync(Path.Combine(cox.StaticPods, ".static-web.yaml.swp"), "rubbish: [", TestContext.Current.CancellationToken);
        File.Delete(file);
        await Eventually.IsAsync(() => kubectl.StatusAsync("static-web-node-1"), "");
        await Eventually.IsAsync(async () => (await cox.CtrAsync("containers ls -q")).Trim(), "");
    }

    [Fact]
    public async Task S5_TheTutorialsFlags_AreTakenFromKubeletArgs()
    {
        var directory = Directory.CreateTempSubdirectory("cox-e2e-").FullName;
        try
        {
            await using var cox = new CoxCluster { Variables = { ["KUBELET_ARGS"] = $"--cluster-dns=10.254.0.10 --cluster-domain=kube.local --pod-manifest-path={directory}/" } };
            await cox.UpAsync();
            await cox.ImportImagesAsync("busybox");
            var kubectl = cox.Kubectl();
            await File.WriteAllTextAsync(Path.Combine(directory, "p.yaml"), Manifests.Sleeper("dns"), TestContext.Current.CancellationToken);
            await kubectl.PodReadyAsync("dns-node-1");

            var resolv = await cox.ExecAsync(kubectl, "dns-node-1", "c", "cat", "/etc/resolv.conf");
            Assert.Contains("nameserver 10.254.0.10", resolv, StringComparison.Ordinal);
            Assert.Contains("search default.svc.kube.local svc.kube.local kube.local", resolv, StringComparison.Ordinal);
        }
        finally { Directory.Delete(directory, recursive: true); }
    }

    [Theory]
    [InlineData("refers.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: refers}\nspec:\n  containers: [{name: c, image: busybox, envFrom: [{configMapRef: {name: x}}]}]\n",
        "line 5: spec.containers[0].envFrom[0]: a static Pod cannot refer to a ConfigMap (\"x\")")]
    [InlineData("broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: broken\n spec: [\n", "error converting YAML to JSON: yaml: line 5: ")]
    [InlineData("rules.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: rules}\nspec:\n  containers:\n  - name: c\n    image: busybox\n    ports:\n    - containerPort: 70000\n  restartPolicy: Sometimes\n",
        "line 9: [spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive, spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", \"OnFailure\", \"Never\"]")]
    public async Task BadManifest_IsRefusedWithAnEventOnTheNodeAndALogLine(string name, string text, string reason)
    {
        await using var cox = new CoxCluster();
        Directory.CreateDirectory(cox.StaticPods);
        await cox.UpAsync();
        var file = Path.Combine(cox.StaticPods, name);
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);

        var why = $"Static Pod manifest {file} refused: {reason}";
        await Eventually.ContainsAsync(() => Task.FromResult(cox.Log), why);
        await Eventually.ContainsAsync(() => cox.Kubectl().LineAsync("get events -A --field-selector involvedObject.kind=Node,reason=InvalidStaticPod -o jsonpath={.items[*].message}"), why);
        Assert.Equal("", await cox.Kubectl().LineAsync("get pods -A --no-headers --ignore-not-found"));
        Assert.Equal("", (await cox.CtrAsync("containers ls -q")).Trim()); // nothing of it ever ran
    }

    [Fact]
    public async Task S5_ManifestFromAUrl_RunsHonoursETag_AndOutlivesADelete()
    {
        using var server = new HttpListener();
        var port = Ports.Free();
        server.Prefixes.Add($"http://127.0.0.1:{port}/");
        server.Start();
        var body = Manifests.Sleeper("from-url");
        var notModified = 0;
        var serving = ServeAsync();
        await using (var cox = new CoxCluster("--manifest-url", $"http://127.0.0.1:{port}/pod.yaml"))
        {
            await cox.UpAsync();
            await cox.ImportImagesAsync("busybox");
            var kubectl = cox.Kubectl();
            await kubectl.PodReadyAsync("from-url-node-1");
            const string What = "{.status.containerStatuses[0].containerID}";
            var container = await kubectl.FieldAsync("get pod from-url-node-1", What);
            await kubectl.LineAsync("delete pod from-url-node-1 --grace-period=0 --force");
            await Eventually.IsAsync(() => kubectl.FieldAsync("get pod from-url-node-1", What), container);
            await Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref notModified) > 0), "a second question answered 304");
        }
        server.Stop();
        await serving;

        async Task ServeAsync()
        {
            while (true)
            {
                HttpListenerContext context;
                try { context = await server.GetContextAsync(); }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException) { return; }
                context.Response.Headers["ETag"] = "\"v1\"";
                if (context.Request.Headers["If-None-Match"] == "\"v1\"") { context.Response.StatusCode = 304; Interlocked.Increment(ref notModified); }
                else await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
                context.Response.Close();
            }
        }
    }
}
