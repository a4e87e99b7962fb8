using System.Globalization;
using Coxswain.Api;
using Coxswain.Node.Tests.Runtime;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>Whom a container's processes run as and what they may do, read inside it.</summary>
public sealed class RealSecurityTests(ContainerdFixture containerd) : RealPods(containerd)
{
    private const int ChangeOwner = 0, NetAdmin = 12, SysAdmin = 21;

    private async Task<ulong> CapabilitiesAsync(V1Pod pod, string container = "c") =>
        ulong.Parse((await RunAsync(pod, "grep CapEff /proc/1/status", container)).Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static bool Has(ulong set, int capability) => (set >> capability & 1) == 1;

    private static V1Container Container(string name, V1SecurityContext security)
    {
        var container = NewPod("x").Spec.Containers[0];
        (container.Name, container.SecurityContext) = (name, security);
        return container;
    }

    [Fact]
    public async Task Users_AreThePodsOrTheContainersOwn()
    {
        var pod = NewPod("users");
        pod.Spec.SecurityContext = new V1PodSecurityContext { RunAsUser = 1000, RunAsGroup = 3000, FsGroup = 2000, SupplementalGroups = [4000], RunAsNonRoot = true };
        pod.Spec.Containers.Add(Container("own", new V1SecurityContext { RunAsUser = 1001, RunAsGroup = 3001 }));
        pod = await StartAsync(pod);
        Assert.Equal("1000 3000", await RunAsync(pod, "echo $(id -u) $(id -g)"));
        Assert.Equal(["2000", "3000", "4000"], (await RunAsync(pod, "id -G")).Split(' ').Order());
        Assert.Equal("1001 3001", await RunAsync(pod, "echo $(id -u) $(id -g)", "own"));
        Assert.Equal((1001, 3001), (pod.Status.ContainerStatuses[1].User.Linux.Uid, pod.Status.ContainerStatuses[1].User.Linux.Gid));
    }

    [Fact]
    public async Task Capabilities_AreAddedAndDropped_AndPrivilegedHasThemAll()
    {
        var pod = NewPod("caps");
        pod.Spec.Containers.Add(Container("changed", new V1SecurityContext { Capabilities = new V1Capabilities { Add = ["NET_ADMIN"], Drop = ["CHOWN"] } }));
        pod.Spec.Containers.Add(Container("none", new V1SecurityContext { Capabilities = new V1Capabilities { Drop = ["ALL"] } }));
        pod.Spec.Containers.Add(Container("all", new V1SecurityContext { Privileged = true }));
        pod = await StartAsync(pod);
        var (plain, changed, all) = (await CapabilitiesAsync(pod), await CapabilitiesAsync(pod, "changed"), await CapabilitiesAsync(pod, "all"));
        Assert.Equal((true, false, false), (Has(plain, ChangeOwner), Has(plain, NetAdmin), Has(plain, SysAdmin)));
        Assert.Equal(plain ^ (1ul << ChangeOwner) ^ (1ul << NetAdmin), changed);
        Assert.Equal(0ul, await CapabilitiesAsync(pod, "none"));
        Assert.True(Has(all, SysAdmin) && Has(all, NetAdmin));
        // Beyond capabilities: nothing of the kernel's is hidden or covered.
        Assert.Contains(" /proc/sys ", await RunAsync(pod, "cat /proc/mounts"), StringComparison.Ordinal);
        Assert.DoesNotContain(" /proc/sys ", await RunAsync(pod, "cat /proc/mounts", "all"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadOnlyRootAndNoEscalation_Hold()
    {
        var pod = NewPod("bound");
        pod.Spec.Containers.Add(Container("tight", new V1SecurityContext { ReadOnlyRootFilesystem = true, AllowPrivilegeEscalation = false }));
        pod = await StartAsync(pod);
        Assert.Equal("0", await RunAsync(pod, "grep NoNewPrivs /proc/1/status | cut -f2"));
        Assert.Equal("1", await RunAsync(pod, "grep NoNewPrivs /proc/1/status | cut -f2", "tight"));
        Assert.Equal("", await RunAsync(pod, "touch /new"));
        Assert.Contains("Read-only file system", await RunAsync(pod, "touch /new", "tight"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostNetwork_IsTheNodesOwn()
    {
        var pod = NewPod("host");
        pod.Spec.HostNetwork = true;
        pod.Spec.HostAliases = [new V1HostAlias { Ip = "192.0.2.7", Hostnames = ["seven"] }];
        pod = await StartAsync(pod);
        var own = await StartAsync(NewPod("own"));
        var node = File.ResolveLinkTarget("/proc/self/ns/net", false)!.Name;
        Assert.Equal(node, await RunAsync(pod, "readlink /proc/1/ns/net"));
        Assert.NotEqual(node, await RunAsync(own, "readlink /proc/1/ns/net"));
        Assert.Equal(("127.0.0.1", "127.0.0.1"), (pod.Status.PodIP, pod.Status.HostIP));
        Assert.Equal(Environment.MachineName, await RunAsync(pod, "hostname"));
        Assert.StartsWith("# Kubernetes-managed hosts file (host network).\n", await RunAsync(pod, "cat /etc/hosts"), StringComparison.Ordinal);
        Assert.EndsWith("192.0.2.7\tseven", await RunAsync(pod, "cat /etc/hosts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SharedProcesses_AreReapedByThePauseProcess()
    {
        var pod = NewPod("shared");
        pod.Spec.ShareProcessNamespace = true;
        pod = await StartAsync(pod);
        Assert.Contains("/pause", await RunAsync(pod, "tr '\\0' ' ' < /proc/1/cmdline"), StringComparison.Ordinal);
        // Its parent gone, a process belongs to the first of the namespace; dead, it would stay there as a zombie if that one did not look after it.
        var orphan = await RunAsync(pod, "sh -c 'sleep 0.1 >/dev/null 2>&1 & echo $!'");
        string state;
        do state = await RunAsync(pod, $"cat /proc/{orphan}/stat 2>/dev/null | cut -d' ' -f3,4 || true");
        while (state is "S 1" or "R 1" or "D 1");
        for (var i = 0; i < 100 && state.Length > 0; i++) state = await RunAsync(pod, $"cat /proc/{orphan}/stat 2>/dev/null | cut -d' ' -f3,4 || true");
        Assert.Equal("", state);
    }

    [Fact]
    public async Task Seccomp_IsTheRuntimesTheNodesFileOrNone()
    {
        var profiles = Directory.CreateDirectory(Path.Combine(Data, "seccomp")).FullName;
        await File.WriteAllTextAsync(Path.Combine(profiles, "nodirs.json"), """{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}""", TestContext.Current.CancellationToken);
        var pod = NewPod("seccomp");
        pod.Spec.SecurityContext = new V1PodSecurityContext { SeccompProfile = new V1SeccompProfile { Type = "RuntimeDefault" } };
        pod.Spec.Containers.Add(Container("file", new V1SecurityContext { SeccompProfile = new V1SeccompProfile { Type = "Localhost", LocalhostProfile = "nodirs.json" } }));
        pod.Spec.Containers.Add(Container("none", new V1SecurityContext { SeccompProfile = new V1SeccompProfile { Type = "Unconfined" } }));
        pod = await StartAsync(pod);
        Task<string> ModeAsync(string container) => RunAsync(pod, "grep ^Seccomp: /proc/1/status | cut -f2", container);
        Assert.Equal(("2", "2", "0"), (await ModeAsync("c"), await ModeAsync("file"), await ModeAsync("none")));
        Assert.Equal("", await RunAsync(pod, "mkdir /new"));
        Assert.Contains("Operation not permitted", await RunAsync(pod, "mkdir /new", "file"), StringComparison.Ordinal);

        var missing = NewPod("missing");
        missing.Spec.Containers[0].SecurityContext = new V1SecurityContext { SeccompProfile = new V1SeccompProfile { Type = "Localhost", LocalhostProfile = "none.json" } };
        await Api.CreateAsync(Kinds.Pods, missing, TestContext.Current.CancellationToken);
        var shown = await UntilAsync("missing", p => p.Status?.ContainerStatuses?[0].State?.Waiting?.Reason == "CreateContainerError");
        Assert.Contains(Path.Combine(profiles, "none.json"), shown.Status.ContainerStatuses[0].State.Waiting.Message, StringComparison.Ordinal);
    }
}
