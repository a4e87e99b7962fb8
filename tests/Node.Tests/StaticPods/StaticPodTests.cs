using Coxswain.Api;
using Coxswain.Node.Pods;
using Coxswain.Node.StaticPods;
using k8s.Models;

namespace Coxswain.Node.Tests.StaticPods;

public sealed class StaticPodTests
{
    private const string Web = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: static-web
          labels:
            role: myrole
        spec:
          containers:
            - name: web
              image: docker.io/library/busybox:latest
              ports:
                - name: web
                  containerPort: 80
        """;

    private static TestNode New(out string directory)
    {
        var node = new TestNode(configure: o => o with { StaticPodPath = Path.Combine(o.DataDirectory, "static") });
        directory = Path.Combine(node.Directory, "static");
        Directory.CreateDirectory(directory);
        return node;
    }

    /// <summary>File events come in real time; what waits on the clock is moved along.</summary>
    private static Task UntilAsync(TestNode node, Func<bool> condition) => node.AdvanceUntilAsync(condition, TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(100));

    [Fact]
    public async Task File_BecomesAPodWithAMirror_AndGoesWithTheFile()
    {
        await using var node = New(out var directory);
        node.Start();
        var file = Path.Combine(directory, "web.yaml");
        await File.WriteAllTextAsync(file, Web, TestContext.Current.CancellationToken);
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        var mirror = node.Pod("static-web-node-1")!;
        var hash = mirror.Metadata.Annotations[PodLabels.ConfigHash];
        Assert.Equal(hash, mirror.Metadata.Annotations[PodLabels.ConfigMirror]);
        Assert.Equal("file", mirror.Metadata.Annotations[PodLabels.ConfigSource]);
        var owner = Assert.Single(mirror.Metadata.OwnerReferences);
        Assert.Equal(("Node", "node-1", true), (owner.Kind, owner.Name, owner.Controller));
        Assert.Equal("NoExecute", Assert.Single(mirror.Spec.Tolerations).Effect);
        Assert.Null(mirror.Status.ObservedGeneration);
        Assert.Equal(hash, (await node.Simulated.ListSandboxesAsync(null, TestContext.Current.CancellationToken))[0].Metadata.Uid);
        File.Delete(file);
        await UntilAsync(node, () => node.Pod("static-web-node-1") is null && node.Simulated.ListSandboxesAsync(null, default).Result.Count == 0);
    }

    [Fact]
    public async Task DeletedMirror_ComesBack_AndThePodRunsOn()
    {
        await using var node = New(out var directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "web.yaml"), Web, TestContext.Current.CancellationToken);
        node.Start();
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        var (before, container) = (node.Pod("static-web-node-1")!.Metadata.Uid, (await node.ContainersAsync())[0].Id);
        await node.Api.DeleteAsync(Kinds.Pods, "default", "static-web-node-1", null, TestContext.Current.CancellationToken);
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && p.Metadata.Uid != before && TestNode.IsReady(p));
        Assert.Equal(container, Assert.Single(await node.ContainersAsync()).Id);
    }

    [Fact]
    public async Task ChangedFile_ReplacesThePod()
    {
        await using var node = New(out var directory);
        var file = Path.Combine(directory, "web.yaml");
        await File.WriteAllTextAsync(file, Web, TestContext.Current.CancellationToken);
        node.Start();
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        await File.WriteAllTextAsync(file, Web.Replace("myrole", "other", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && p.Metadata.Labels["role"] == "other" && TestNode.IsReady(p));
        await UntilAsync(node, () => node.Simulated.ListSandboxesAsync(null, default).Result.Count == 1);
    }

    /// <summary>The API server takes a mirror only from the Node that is there now, and what belongs to one that is gone is collected.</summary>
    [Fact]
    public async Task Node_ThatSomebodyDeleted_OwnsMirrorAndLeaseAgain()
    {
        await using var node = New(out var directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "web.yaml"), Web, TestContext.Current.CancellationToken);
        node.Start();
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        var first = Uid();
        await node.Api.DeleteAsync(Kinds.Nodes, null, TestNode.Name, null, TestContext.Current.CancellationToken);
        await node.AdvanceUntilAsync(() => Uid() is { } uid && uid != first, TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(500));
        await node.Api.DeleteAsync(Kinds.Pods, "default", "static-web-node-1", null, TestContext.Current.CancellationToken); // as the garbage collector would
        await UntilAsync(node, () => node.Pod("static-web-node-1")?.Metadata.OwnerReferences[0].Uid == Uid());
        await node.AdvanceUntilAsync(() => node.Api.Find(Kinds.Leases, "kube-node-lease", TestNode.Name)?.Metadata.OwnerReferences[0].Uid == Uid(), TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(500));

        string? Uid() => node.Api.Find(Kinds.Nodes, null, TestNode.Name)?.Metadata.Uid;
    }

    [Fact]
    public async Task Restart_AdoptsTheStaticPod()
    {
        await using var node = New(out var directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "web.yaml"), Web, TestContext.Current.CancellationToken);
        node.Start();
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        var (before, container) = (node.Pod("static-web-node-1")!.Metadata.Uid, (await node.ContainersAsync())[0].Id);
        await node.KillAsync();
        await node.Api.DeleteAsync(Kinds.Pods, "default", "static-web-node-1", null, TestContext.Current.CancellationToken);
        node.Start();
        // A mirror that is made anew and Ready shows that the second agent has read the file and found the running container.
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && p.Metadata.Uid != before && TestNode.IsReady(p));
        Assert.Equal(container, Assert.Single(await node.ContainersAsync()).Id);
    }

    /// <summary>The same content is the same Pod: its end is under way, and it is wanted again.</summary>
    [Fact]
    public async Task File_PutBackWhileItsPodEnds_RunsAgain()
    {
        await using var node = New(out var directory);
        var (file, deaf) = (Path.Combine(directory, "web.yaml"), Web + "\n      command: [sh, -c, sleep infinity]");
        await File.WriteAllTextAsync(file, deaf, TestContext.Current.CancellationToken);
        node.Start();
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        var container = (await node.ContainersAsync())[0].Id;
        File.Move(file, Path.Combine(node.Directory, "web.yaml"));
        await UntilAsync(node, () => node.Events("Killing").Count == 1); // thirty seconds from now it is killed
        File.Move(Path.Combine(node.Directory, "web.yaml"), file);
        await node.AdvanceUntilAsync(() => node.Simulated.ListContainersAsync(null, default).Result is [var c] && c.Id != container, TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(500));
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { Status.ContainerStatuses: [var c] } p && TestNode.IsReady(p) && !c.ContainerID.EndsWith(container, StringComparison.Ordinal));
    }

    /// <summary>Its manifest is read a while after the runtime was listed: what became of it in between nobody was there to hear.</summary>
    [Fact]
    public async Task Restart_ContainerThatEndsBeforeTheFileIsRead_IsRunAgain()
    {
        var node = new TestNode(configure: o => o with { StaticPodPath = Path.Combine(o.DataDirectory, "static"), ResyncPeriod = TimeSpan.FromHours(1) });
        await using var _ = node;
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(node.Directory, "static")).FullName, "web.yaml");
        await File.WriteAllTextAsync(file, Web, TestContext.Current.CancellationToken);
        node.Start();
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        var container = (await node.ContainersAsync())[0].Id;
        await node.KillAsync();
        await File.WriteAllTextAsync(file, Web + "\n  [", TestContext.Current.CancellationToken); // may be half written: while the clock stands, nothing is taken from it
        node.Start();
        await node.CreateAsync(TestNode.NewPod("other"));
        await node.UntilAsync("other", TestNode.IsReady);
        node.Simulated.KillContainer(container);
        // Events come in order: once the other's end is known, the first was heard.
        node.Simulated.KillContainer((await node.ContainersAsync()).Single(c => c.Id != container).Id);
        await node.UntilAsync("other", p => p.Status.ContainerStatuses[0].RestartCount == 1);
        await File.WriteAllTextAsync(file, Web, TestContext.Current.CancellationToken);
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { Status.ContainerStatuses: [{ RestartCount: 1 }] } p && TestNode.IsReady(p));
    }

    /// <summary>Until the files are read, nobody knows whether a mirror's Pod is still wanted.</summary>
    [Fact]
    public async Task Restart_BeforeTheFileIsRead_LeavesTheMirrorAlone()
    {
        await using var node = New(out var directory);
        var file = Path.Combine(directory, "web.yaml");
        await File.WriteAllTextAsync(file, Web, TestContext.Current.CancellationToken);
        node.Start();
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        var mirror = node.Pod("static-web-node-1")!.Metadata.Uid;
        await node.KillAsync();
        await File.WriteAllTextAsync(file, Web + "\n  [", TestContext.Current.CancellationToken); // may be half written: while the clock stands, nothing is taken from it
        node.Start();
        await node.CreateAsync(TestNode.NewPod("other"));
        await node.UntilAsync("other", TestNode.IsReady); // its worker made the mirrors' loop look
        await File.WriteAllTextAsync(file, Web, TestContext.Current.CancellationToken);
        await node.CreateAsync(TestNode.NewPod("another"));
        await UntilAsync(node, () => node.Pod("another") is { } p && TestNode.IsReady(p));
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        Assert.Equal(mirror, node.Pod("static-web-node-1")!.Metadata.Uid);
    }

    [Fact]
    public async Task BadFile_IsReportedWithNameLineAndReason_AndKeepsWhatWasThere()
    {
        await using var node = New(out var directory);
        var file = Path.Combine(directory, "web.yaml");
        await File.WriteAllTextAsync(file, Web, TestContext.Current.CancellationToken);
        node.Start();
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        await File.WriteAllTextAsync(file, Web.Replace("containerPort: 80", "containerPort: eighty", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await UntilAsync(node, () => node.Events("InvalidStaticPod").Count == 1);
        Assert.StartsWith($"Static Pod manifest {file} refused: line 13: spec.containers[0].ports[0].containerPort: ", node.Events("InvalidStaticPod")[0].Message, StringComparison.Ordinal);
        Assert.Equal("Node", node.Events("InvalidStaticPod")[0].InvolvedObject.Kind);
        Assert.NotNull(node.Pod("static-web-node-1"));
    }

    [Fact]
    public async Task HalfWrittenFile_IsReadAgain_AndNobodyIsTold()
    {
        await using var node = New(out var directory);
        node.Start();
        await UntilAsync(node, () => node.Api.Find(Kinds.Nodes, null, TestNode.Name) is not null);
        var file = Path.Combine(directory, "web.yaml");
        await File.WriteAllTextAsync(file, Web[..^20] + "\n  [", TestContext.Current.CancellationToken);
        node.Time.Advance(TimeSpan.FromMilliseconds(300)); // one look, or none
        await File.WriteAllTextAsync(file, Web, TestContext.Current.CancellationToken);
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        Assert.Empty(node.Events("InvalidStaticPod"));
    }

    [Fact]
    public async Task FilesOfAllKinds_HarmNothingButThemselves()
    {
        await using var node = New(out var directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "a.yaml"), "apiVersion: 1\nkind: Pod", TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(directory, "b.yaml"), [0, 1, 2, 0xFF, 0xFE], TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(directory, "c.yaml"));
        File.CreateSymbolicLink(Path.Combine(directory, "d.yaml"), "/nowhere");
        // Who opens it waits for a writer that never comes.
        await System.Diagnostics.Process.Start("mkfifo", [Path.Combine(directory, "e.yaml")]).WaitForExitAsync(TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(directory, "web.yaml"), Web, TestContext.Current.CancellationToken);
        node.Start();
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        await UntilAsync(node, () => node.Events("InvalidStaticPod").Count == 2);
        Assert.Contains(node.Events("InvalidStaticPod"), e => e.Message.StartsWith($"Static Pod manifest {Path.Combine(directory, "a.yaml")} refused: line 2: it is of apiVersion \"1\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task DirectoryThatIsTakenAway_TakesItsPods_AndIsWatchedAgainOnceItIsBack()
    {
        await using var node = New(out var directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "web.yaml"), Web, TestContext.Current.CancellationToken);
        node.Start();
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        Directory.Delete(directory, recursive: true);
        await UntilAsync(node, () => node.Pod("static-web-node-1") is null);
        await UntilAsync(node, () => Directory.Exists(directory));
        await File.WriteAllTextAsync(Path.Combine(directory, "web.yaml"), Web, TestContext.Current.CancellationToken);
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
    }

    [Fact]
    public async Task PodWithASelector_WaitsUntilTheNodeIsKnown()
    {
        await using var node = New(out var directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "web.yaml"), Web + "\n  nodeSelector: {kubernetes.io/os: linux}", TestContext.Current.CancellationToken);
        var refuse = true;
        node.Api.Fault = (_, resource, _) =>
        {
            if (resource == "nodes" && Volatile.Read(ref refuse)) throw ApiErrors.Internal("not yet");
        };
        node.Start();
        for (var i = 0; i < 10; i++) node.Time.Advance(TimeSpan.FromMilliseconds(100));
        Volatile.Write(ref refuse, false);
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
    }

    [Fact]
    public async Task PathOfOneFile_IsThatFile_GoneAndBack()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("coxswain-static-").FullName, "web.yaml");
        try
        {
            await File.WriteAllTextAsync(file, Web, TestContext.Current.CancellationToken);
            await using var node = new TestNode(configure: o => o with { StaticPodPath = file }).Start();
            await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
            File.Delete(file);
            await UntilAsync(node, () => node.Pod("static-web-node-1") is null);
            await File.WriteAllTextAsync(file, Web, TestContext.Current.CancellationToken);
            await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        }
        finally { Directory.Delete(Path.GetDirectoryName(file)!, recursive: true); }
    }

    [Fact]
    public async Task DirectoryThatCannotBeMade_HarmsNobodyElse()
    {
        await using var node = new TestNode(configure: o => o with { StaticPodPath = "/proc/none/static" }).Start();
        await node.CreateAsync(TestNode.NewPod("p"));
        await node.UntilAsync("p", TestNode.IsReady);
    }

    [Fact]
    public async Task MirrorThatTheApiRefuses_EndsThatPodWithAnEvent_AndNotTheOthers()
    {
        using var log = new LineLogger();
        var node = new TestNode(configure: o => o with { StaticPodPath = Path.Combine(o.DataDirectory, "static") }) { Loggers = log };
        await using var _ = node;
        var directory = Directory.CreateDirectory(Path.Combine(node.Directory, "static")).FullName;
        node.Api.Fault = (verb, resource, name) =>
        {
            if (verb == "create" && resource == "pods" && name == "bad-node-1") throw ApiErrors.Invalid(new GroupVersionKind("", "v1", "Pod"), name, Refusal());
        };
        await File.WriteAllTextAsync(Path.Combine(directory, "bad.yaml"), Web.Replace("static-web", "bad", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(directory, "web.yaml"), Web, TestContext.Current.CancellationToken);
        node.Start();
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        await UntilAsync(node, () => node.Events("InvalidStaticPod").Count == 1 && node.Simulated.ListSandboxesAsync(null, default).Result.Count == 1);
        // The line is that of the spec, which lacks the field.
        var why = $"Static Pod manifest {Path.Combine(directory, "bad.yaml")} refused: line 8: Pod \"bad-node-1\" is invalid: spec.restartPolicy: Required value";
        Assert.Equal(why, node.Events("InvalidStaticPod")[0].Message);
        Assert.Equal("node-1", node.Events("InvalidStaticPod")[0].InvolvedObject.Name);
        Assert.Contains(log.Lines, l => l == $"Warning: {why}");
    }

    /// <summary>By the API server's own rules, before anything of it starts: there may be no API server yet.</summary>
    [Fact]
    public async Task PodThatTheApiWouldRefuse_IsNotStarted_AndItsFileLineAndFaultsAreTold()
    {
        using var log = new LineLogger();
        var node = new TestNode(configure: o => o with { StaticPodPath = Path.Combine(o.DataDirectory, "static"), ReviewPod = Review }) { Loggers = log };
        await using var _ = node;
        var directory = Directory.CreateDirectory(Path.Combine(node.Directory, "static")).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "bad.yaml"), "# two of them\n---\n" + Web + "\n---\n" + Web.Replace("static-web", "bad", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        node.Start();
        await UntilAsync(node, () => node.Events("InvalidStaticPod").Count == 1);
        var why = $"Static Pod manifest {Path.Combine(directory, "bad.yaml")} refused: line 29: [spec.containers[0].ports[0].containerPort: Invalid value: 80: not here, spec.restartPolicy: Required value]";
        Assert.Equal(why, node.Events("InvalidStaticPod")[0].Message);
        Assert.Contains(log.Lines, l => l == $"Warning: {why}");
        Assert.Empty(await node.Simulated.ListSandboxesAsync(null, TestContext.Current.CancellationToken));

        static IReadOnlyList<FieldError> Review(V1Pod pod)
        {
            var errors = new FieldErrors();
            if (pod.Metadata.Name != "bad-node-1") return errors;
            errors.Invalid(FieldPath.Root("spec").Child("containers").Index(0).Child("ports").Index(0).Child("containerPort"), 80, "not here");
            errors.Required(FieldPath.Root("spec").Child("restartPolicy"));
            return errors;
        }
    }

    [Fact]
    public async Task SecondFileOfOneName_IsRefused_AndTheFirstRuns()
    {
        await using var node = New(out var directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "a.yaml"), Web, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(directory, "b.yaml"), Web, TestContext.Current.CancellationToken);
        node.Start();
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p));
        await UntilAsync(node, () => node.Events("InvalidStaticPod").Count == 1);
        Assert.Equal($"Static Pod manifest {Path.Combine(directory, "b.yaml")} refused: line 4: Pod default/static-web-node-1 is defined in {Path.Combine(directory, "a.yaml")} already", node.Events("InvalidStaticPod")[0].Message);
        Assert.Single(await node.Simulated.ListSandboxesAsync(null, TestContext.Current.CancellationToken));
    }

    private static FieldErrors Refusal()
    {
        var errors = new FieldErrors();
        errors.Required(FieldPath.Root("spec").Child("restartPolicy"), "");
        return errors;
    }

    [Theory]
    [InlineData("      envFrom: [{configMapRef: {name: app}}]", "line 13: spec.containers[0].envFrom[0]: a static Pod cannot refer to a ConfigMap (\"app\")")]
    [InlineData("  serviceAccountName: robot", "line 13: spec.serviceAccountName: a static Pod cannot refer to a ServiceAccount (\"robot\")")]
    [InlineData("  volumes: [{name: v, secret: {secretName: s}}]", "line 13: spec.volumes[0]: a static Pod cannot refer to a Secret (\"s\")")]
    [InlineData("      env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]", "line 13: spec.containers[0].env[0]: a static Pod cannot refer to a Secret (\"s\")")]
    [InlineData("      env: [{name: A, valueFrom: {configMapKeyRef: {name: app, key: k}}}]", "line 13: spec.containers[0].env[0]: a static Pod cannot refer to a ConfigMap (\"app\")")]
    [InlineData("      envFrom: [{secretRef: {name: s}}]", "line 13: spec.containers[0].envFrom[0]: a static Pod cannot refer to a Secret (\"s\")")]
    [InlineData("  volumes: [{name: v, configMap: {name: app}}]", "line 13: spec.volumes[0]: a static Pod cannot refer to a ConfigMap (\"app\")")]
    [InlineData("  volumes: [{name: v, projected: {sources: [{secret: {name: s}}]}}]", "line 13: spec.volumes[0]: a static Pod cannot refer to a Secret (\"s\")")]
    [InlineData("  volumes: [{name: v, projected: {sources: [{configMap: {name: app}}]}}]", "line 13: spec.volumes[0]: a static Pod cannot refer to a ConfigMap (\"app\")")]
    [InlineData("  volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t}}]}}]", "line 13: spec.volumes[0]: a static Pod cannot refer to a ServiceAccount")]
    [InlineData("  imagePullSecrets: [{name: s}]", "line 13: spec.imagePullSecrets[0]: a static Pod cannot refer to a Secret (\"s\")")]
    [InlineData("  initContainers: [{name: i, image: x, envFrom: [{configMapRef: {name: app}}]}]", "line 13: spec.initContainers[0].envFrom[0]: a static Pod cannot refer to a ConfigMap (\"app\")")]
    public void Manifest_ThatRefersToTheApi_IsRefused(string line, string why)
    {
        var e = Assert.Throws<ManifestException>(() => new PodManifest("node-1", "file", TimeProvider.System).Read(Web.Replace("      ports:\n        - name: web\n          containerPort: 80", line, StringComparison.Ordinal).Replace("- name: web\n      image", "- name: web\n      image", StringComparison.Ordinal), "/x"));
        Assert.Equal(why[(why.IndexOf(':', StringComparison.Ordinal) + 2)..], e.Message[(e.Message.IndexOf(':', StringComparison.Ordinal) + 2)..]);
        Assert.StartsWith("line ", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c","image":"i"}]}}""", "default/a-node-1")]
    [InlineData("""{"apiVersion":"v1","kind":"PodList","items":[{"metadata":{"name":"a"},"spec":{"containers":[{"name":"c","image":"i"}]}},{"metadata":{"name":"b","namespace":"other"},"spec":{"containers":[{"name":"c","image":"i"}]}}]}""", "default/a-node-1", "other/b-node-1")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: i}]}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {containers: [{name: c, image: i}]}\n", "default/a-node-1", "default/b-node-1")]
    public void Manifest_InJsonAsAListOrOfSeveralDocuments_HasThesePods(string text, params string[] names) =>
        Assert.Equal(names, new PodManifest("node-1", "file", TimeProvider.System).Read(text, "/x").Select(p => $"{p.Pod.Metadata.NamespaceProperty}/{p.Pod.Metadata.Name}"));

    /// <summary>What editors leave lying about holds no Pods, though it could.</summary>
    [Fact]
    public async Task EditorsLeftovers_InTheDirectory_AreNoPods_AndNobodyIsTold()
    {
        await using var node = New(out var directory);
        foreach (var (name, i) in ((string[])[".web.yaml.swp", ".hidden.yaml", "web.yaml~", "web.yaml.bak", "#web.yaml#", "web.swo"]).Select((n, i) => (n, i)))
            await File.WriteAllTextAsync(Path.Combine(directory, name), i % 2 == 0 ? "rubbish: [" : Web.Replace("static-web", $"left-{i}", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(directory, "web.yaml"), Web, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(directory, "z.yaml"), "rubbish: [", TestContext.Current.CancellationToken); // told of last of all
        node.Start();
        await UntilAsync(node, () => node.Pod("static-web-node-1") is { } p && TestNode.IsReady(p) && node.Events("InvalidStaticPod").Count > 0);
        Assert.Single(await node.Simulated.ListSandboxesAsync(null, TestContext.Current.CancellationToken));
        Assert.Contains("/z.yaml refused: ", Assert.Single(node.Events("InvalidStaticPod")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".hidden.yaml", false)]
    [InlineData("web.yaml~", false)]
    [InlineData("web.yaml.bak", false)]
    [InlineData(".web.yaml.swp", false)]
    [InlineData("web.yaml.swp", false)]
    [InlineData(".web.yaml.swo", false)]
    [InlineData("#web.yaml#", false)]
    [InlineData("web.yaml", true)]
    [InlineData("web.json", true)]
    public void Names_OfEditorsLeftovers_AreIgnored(string name, bool taken) => Assert.Equal(taken, DirectorySource.IsManifest(name));

    [Fact]
    public async Task Url_IsFetchedWithItsTag_AndKeptWhileTheServerFails()
    {
        var server = new Server();
        using var http = new HttpMessageInvoker(server);
        var time = new FakeTime();
        var (seen, refused) = (new List<IReadOnlyList<StaticPod>>(), new List<string>());
        var source = new UrlSource(new Uri("http://example/pod.yaml"), TimeSpan.FromSeconds(20), http, new PodManifest("node-1", "http", time), time, (_, why) => refused.Add(why));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = source.RunAsync(seen.Add, stop.Token);
        await TestNode.UntilAsync(() => seen.Count == 1);
        await PassesUntilAsync(time, () => server.Requests >= 2);
        Assert.Equal("\"one\"", server.LastTag);
        server.Broken = true;
        await PassesUntilAsync(time, () => refused.Count >= 1);
        Assert.Equal("it answers 500 Internal Server Error", refused[0]);
        Assert.Single(seen);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Url_ThatGivesABadManifest_IsNamedWithLineAndReason_AndAskedAgainInTwentySeconds()
    {
        var server = new Server { Text = Web.Replace("containerPort: 80", "containerPort: eighty", StringComparison.Ordinal) };
        using var http = new HttpMessageInvoker(server);
        var time = new FakeTime();
        var (seen, refused) = (new List<IReadOnlyList<StaticPod>>(), new List<string>());
        var period = new NodeAgentOptions { NodeName = "node-1", DataDirectory = "/" }.ManifestUrlPeriod;
        Assert.Equal(TimeSpan.FromSeconds(20), period);
        var source = new UrlSource(new Uri("http://example/pod.yaml"), period, http, new PodManifest("node-1", "http", time), time, (origin, why) => refused.Add($"{origin}: {why}"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = source.RunAsync(seen.Add, stop.Token);
        await TestNode.UntilAsync(() => refused.Count == 1);
        Assert.StartsWith("http://example/pod.yaml: line 13: spec.containers[0].ports[0].containerPort: ", refused[0], StringComparison.Ordinal);
        var (asked, failedAt) = (server.Requests, time.GetUtcNow());
        await PassesUntilAsync(time, () => server.Requests > asked);
        Assert.True(time.GetUtcNow() - failedAt >= period, "not sooner");
        Assert.Null(server.LastTag); // what was refused is looked at again
        server.Text = Web;
        await PassesUntilAsync(time, () => seen.Count == 1);
        Assert.Single(refused); // said once
        await stop.CancelAsync();
        await running;
    }

    /// <summary>Time passes second by second: a source begins to wait a moment after it has said what it saw.</summary>
    private static Task PassesUntilAsync(FakeTime time, Func<bool> condition) => TestNode.UntilAsync(() =>
    {
        time.Advance(TimeSpan.FromSeconds(1));
        return condition();
    });

    private sealed class Server : HttpMessageHandler
    {
        public int Requests { get; private set; }
        public string? LastTag { get; private set; }
        public bool Broken { get; set; }
        public string Text { get; set; } = Web;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            LastTag = request.Headers.IfNoneMatch.FirstOrDefault()?.Tag;
            if (Broken) return Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.InternalServerError));
            if (LastTag == "\"one\"") return Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.NotModified));
            var response = new HttpResponseMessage { Content = new StringContent(Text) };
            response.Headers.ETag = new("\"one\"");
            return Task.FromResult(response);
        }
    }
}
