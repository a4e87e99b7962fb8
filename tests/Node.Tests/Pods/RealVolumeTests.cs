using System.Text;
using Coxswain.Api;
using Coxswain.Client;
using Coxswain.Node.Linux;
using Coxswain.Node.Logs;
using Coxswain.Node.Tests.Runtime;
using Coxswain.Node.Volumes;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>Volumes, environment and arguments as a container sees them.</summary>
public sealed class RealVolumeTests(ContainerdFixture containerd) : RealPods(containerd)
{
    private static V1VolumeMount At(string path, string volume, string? subPath = null, bool readOnly = false) =>
        new() { Name = volume, MountPath = path, SubPath = subPath, ReadOnlyProperty = readOnly ? true : null };

    [Fact]
    public async Task FsGroup_OwnsWhatIsForIt()
    {
        var secret = Kinds.Secrets.New("default", "s");
        secret.Data = new Dictionary<string, byte[]> { ["pw"] = Encoding.UTF8.GetBytes("hush") };
        await Api.CreateAsync(Kinds.Secrets, secret, TestContext.Current.CancellationToken);
        var pod = NewPod("group");
        pod.Spec.SecurityContext = new V1PodSecurityContext { RunAsUser = 1000, FsGroup = 2000 };
        pod.Spec.Volumes =
        [
            new V1Volume { Name = "disk", EmptyDir = new V1EmptyDirVolumeSource() },
            new V1Volume { Name = "mem", EmptyDir = new V1EmptyDirVolumeSource { Medium = "Memory" } },
            new V1Volume { Name = "secret", Secret = new V1SecretVolumeSource { SecretName = "s", DefaultMode = 0b100_000_000 } },
            new V1Volume { Name = "api", Projected = new V1ProjectedVolumeSource { Sources = [new V1VolumeProjection { ServiceAccountToken = new V1ServiceAccountTokenProjection { Path = "token", ExpirationSeconds = 3607 } }] } },
        ];
        pod.Spec.Containers[0].VolumeMounts = [At("/disk", "disk"), At("/mem", "mem"), At("/secret", "secret", readOnly: true), At("/api", "api", readOnly: true), At("/part", "disk", "sub")];
        pod = await StartAsync(pod);
        foreach (var directory in (string[])["/disk", "/mem", "/part"])
            Assert.Equal("1000:2000", await RunAsync(pod, $"touch {directory}/new && stat -c %u:%g {directory}/new")); // the group is the directory's
        Assert.Equal("440 2000", await RunAsync(pod, "stat -L -c '%a %g' /secret/pw")); // nobody but root could read it else
        Assert.Equal("640 1000 2000", await RunAsync(pod, "stat -L -c '%a %u %g' /api/token"));
        Assert.Equal("hush", await RunAsync(pod, "cat /secret/pw"));
        Assert.Equal("token-1", await RunAsync(pod, "cat /api/token"));
    }

    [Fact]
    public async Task EmptyDir_IsSharedAndOutlivesTheContainer_InMemoryWithItsLimit()
    {
        var pod = NewPod("scratch");
        pod.Spec.Volumes = [new V1Volume { Name = "d", EmptyDir = new V1EmptyDirVolumeSource() }, new V1Volume { Name = "m", EmptyDir = new V1EmptyDirVolumeSource { Medium = "Memory", SizeLimit = new ResourceQuantity("1Mi") } }];
        pod.Spec.Containers[0].VolumeMounts = [At("/d", "d"), At("/m", "m"), At("/ro", "d", readOnly: true)];
        pod = await StartAsync(pod);
        Assert.Equal("777 1777", await RunAsync(pod, "echo $(stat -c %a /d /m)")); // a file system in memory has the kernel's own mode
        Assert.Equal("", await RunAsync(pod, "echo kept > /d/file"));
        Assert.Contains("Read-only file system", await RunAsync(pod, "touch /ro/new"), StringComparison.Ordinal);
        Assert.Equal($"{1 << 20}", await RunAsync(pod, "head -c 2000000 /dev/zero > /m/big 2> /dev/null; stat -c %s /m/big")); // cut off
        await Containers.StopContainerAsync(IdOf(pod), TimeSpan.Zero, TestContext.Current.CancellationToken);
        pod = await UntilAsync("scratch", p => TestNode.IsReady(p) && p.Status.ContainerStatuses[0].RestartCount == 1);
        Assert.Equal("kept", await RunAsync(pod, "cat /d/file"));
    }

    [Fact]
    public async Task HostPath_IsTheNodesOwn_MadeWhereItsTypeSaysSo()
    {
        var home = Path.Combine(Data, "host");
        Directory.CreateDirectory(home);
        await File.WriteAllTextAsync(Path.Combine(home, "there"), "hello", TestContext.Current.CancellationToken);
        var pod = NewPod("host");
        V1Volume Host(string name, string path, string? type) => new() { Name = name, HostPath = new V1HostPathVolumeSource { Path = Path.Combine(home, path), Type = type } };
        pod.Spec.Volumes = [Host("dir", "made", "DirectoryOrCreate"), Host("file", "there", "File"), Host("new", "empty", "FileOrCreate"), Host("zero", "/dev/zero", "CharDevice")];
        pod.Spec.Containers[0].VolumeMounts = [At("/dir", "dir"), At("/file", "file"), At("/new", "new"), At("/zero", "zero")];
        pod = await StartAsync(pod);
        Assert.Equal("hello 0", await RunAsync(pod, "echo $(cat /file) $(cat /new | wc -c); echo from inside > /dir/x"));
        Assert.Equal("from inside\n", await File.ReadAllTextAsync(Path.Combine(home, "made", "x"), TestContext.Current.CancellationToken));
        Assert.Equal(0b111_101_101, (int)File.GetUnixFileMode(Path.Combine(home, "made")));
    }

    [Fact]
    public async Task EnvironmentCommandAndArgs_AreExpanded_WithTheDownwardApiInThem()
    {
        var pod = NewPod("env", "sh", "-c", "echo $0 $1 $2; exec sleep 1000");
        pod.Metadata.Labels = new Dictionary<string, string> { ["app"] = "web" };
        pod.Metadata.Annotations = new Dictionary<string, string> { ["note"] = "n 1" };
        pod.Spec.ServiceAccountName = "robot";
        var c = pod.Spec.Containers[0];
        c.Resources = new V1ResourceRequirements { Requests = new Dictionary<string, ResourceQuantity> { ["cpu"] = new("20m"), ["memory"] = new("8Mi") }, Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("32Mi") } };
        c.Args = ["$(GREETING)", "$$(GREETING)", "$(NOBODY)"];
        V1EnvVar Field(string name, string path) => new() { Name = name, ValueFrom = new V1EnvVarSource { FieldRef = new V1ObjectFieldSelector { FieldPath = path } } };
        V1EnvVar Resource(string name, string resource, string? divisor = null) => new() { Name = name, ValueFrom = new V1EnvVarSource { ResourceFieldRef = new V1ResourceFieldSelector { Resource = resource, Divisor = divisor is null ? null : new ResourceQuantity(divisor) } } };
        c.Env =
        [
            Field("NAME", "metadata.name"), Field("NS", "metadata.namespace"), Field("UID_", "metadata.uid"), Field("APP", "metadata.labels['app']"), Field("NOTE", "metadata.annotations['note']"),
            Field("NODE", "spec.nodeName"), Field("ACCOUNT", "spec.serviceAccountName"), Field("HOST_IP", "status.hostIP"), Field("POD_IP", "status.podIP"), Field("POD_IPS", "status.podIPs"),
            Resource("CPU", "requests.cpu", "1m"), Resource("MEM", "limits.memory"), Resource("MEMMI", "limits.memory", "1Mi"),
            new V1EnvVar { Name = "GREETING", Value = "hello-$(NAME)" },
        ];
        pod = await StartAsync(pod);
        var values = (await RunAsync(pod, "env")).Split('\n').Select(l => l.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1]);
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["NAME"] = "env", ["NS"] = "default", ["UID_"] = pod.Metadata.Uid, ["APP"] = "web", ["NOTE"] = "n 1", ["NODE"] = TestNode.Name, ["ACCOUNT"] = "robot", ["HOST_IP"] = "127.0.0.1",
            ["POD_IP"] = pod.Status.PodIP, ["POD_IPS"] = pod.Status.PodIP, ["CPU"] = "20", ["MEM"] = $"{32 << 20}", ["MEMMI"] = "32", ["GREETING"] = "hello-env",
        }) Assert.Equal((name, value), (name, values.GetValueOrDefault(name)));
        Assert.Equal("hello-env $(GREETING) $(NOBODY)", (await RunAsync(pod, "tr '\\0' '\\n' < /proc/1/environ > /dev/null; echo")) + await LogAsync(pod));
    }

    private async Task<string> LogAsync(V1Pod pod)
    {
        using var log = new MemoryStream();
        await Agent.WriteLogAsync(pod, "c", new LogOptions(), log, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(log.ToArray()).TrimEnd('\n');
    }

    [Fact]
    public async Task MountPropagation_LetsLaterMountsThrough_AsFarAsItWasAskedTo()
    {
        // Mounts travel only where the directory's own mount is shared.
        var shared = Directory.CreateDirectory(Path.Combine(Data, "shared")).FullName;
        const uint Shared = 1 << 20;
        Syscalls.Mount("tmpfs", shared, "tmpfs", 0, "");
        try
        {
            Syscalls.Mount("", shared, "", Shared, "");
            foreach (var name in (string[])["before", "node", "pod"]) Directory.CreateDirectory(Path.Combine(shared, name));
            var pod = NewPod("mounts");
            pod.Spec.Volumes = [new V1Volume { Name = "s", HostPath = new V1HostPathVolumeSource { Path = shared } }];
            var both = NewPod("x").Spec.Containers[0];
            (both.Name, both.SecurityContext) = ("both", new V1SecurityContext { Privileged = true });
            both.VolumeMounts = [new V1VolumeMount { Name = "s", MountPath = "/s", MountPropagation = "Bidirectional" }];
            var deaf = NewPod("x").Spec.Containers[0];
            (deaf.Name, deaf.VolumeMounts) = ("deaf", [new V1VolumeMount { Name = "s", MountPath = "/s" }]);
            pod.Spec.Containers[0].VolumeMounts = [new V1VolumeMount { Name = "s", MountPath = "/s", MountPropagation = "HostToContainer" }];
            pod.Spec.Containers.Add(both);
            pod.Spec.Containers.Add(deaf);
            pod = await StartAsync(pod);

            Syscalls.Mount("tmpfs", Path.Combine(shared, "node"), "tmpfs", 0, "");
            Assert.Equal("", await RunAsync(pod, "mount -t tmpfs none /s/pod", "both"));

            Task<string> MountsAsync(string container) => RunAsync(pod, "grep ' /s/' /proc/mounts | cut -d' ' -f2", container);
            Assert.Equal("/s/node\n/s/pod", await MountsAsync("both"));
            Assert.Equal("/s/node\n/s/pod", await MountsAsync("c"));
            Assert.Equal("", await MountsAsync("deaf"));
            Assert.Contains($" {shared}/pod ", await File.ReadAllTextAsync("/proc/self/mountinfo", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        finally
        {
            new LinuxMounter().UnmountUnder(shared);
        }
    }
}
