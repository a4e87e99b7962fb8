using Coxswain.Node.Cri;
using Coxswain.Node.Pods;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Runtime;
using Coxswain.Node.Volumes;
using k8s.Models;

namespace Coxswain.Node.Tests.Pods;

/// <summary>What of seccomp, AppArmor and mounts goes over CRI, message by message.</summary>
public sealed class SecurityConfigTests
{
    private static Cri.V1.LinuxContainerSecurityContext Message(V1SecurityContext? own, V1PodSecurityContext? shared = null)
    {
        var pod = TestNode.NewPod("p");
        (pod.Spec.SecurityContext, pod.Spec.Containers[0].SecurityContext) = (shared, own);
        var config = new ContainerConfig
        {
            Name = "c", Image = "sha256:1", LogPath = "c/0.log", Security = SecurityMapper.Container(pod, pod.Spec.Containers[0], null, "/data/seccomp"),
        };
        return CriRequests.Container(config).Linux.SecurityContext;
    }

    private static V1SeccompProfile Seccomp(string type, string? file = null) => new() { Type = type, LocalhostProfile = file };

    private static V1AppArmorProfile AppArmor(string type, string? name = null) => new() { Type = type, LocalhostProfile = name };

    public static TheoryData<V1SeccompProfile?, V1SeccompProfile?, bool, string, string> SeccompCases => new()
    {
        { null, null, false, "Unconfined", "" },
        { Seccomp("RuntimeDefault"), null, false, "RuntimeDefault", "" },
        { Seccomp("Unconfined"), Seccomp("RuntimeDefault"), false, "Unconfined", "" },
        { null, Seccomp("RuntimeDefault"), false, "RuntimeDefault", "" },
        { Seccomp("Localhost", "profiles/audit.json"), Seccomp("RuntimeDefault"), false, "Localhost", "/data/seccomp/profiles/audit.json" },
        { null, null, true, "Unconfined", "" },
        { Seccomp("RuntimeDefault"), null, true, "RuntimeDefault", "" }, // which the runtime does not heed
    };

    [Theory]
    [MemberData(nameof(SeccompCases))]
    public void Seccomp_IsTheContainersOrThePods(V1SeccompProfile? own, V1SeccompProfile? shared, bool privileged, string type, string file)
    {
        var message = Message(new V1SecurityContext { SeccompProfile = own, Privileged = privileged }, new V1PodSecurityContext { SeccompProfile = shared });
        Assert.Equal((type, file), (message.Seccomp.ProfileType.ToString(), message.Seccomp.LocalhostRef));
    }

    [Fact]
    public void Seccomp_LocalhostWithoutAFile_IsRefused()
    {
        var e = Assert.Throws<ConfigException>(() => Message(new V1SecurityContext { SeccompProfile = Seccomp("Localhost") }));
        Assert.Equal("localhostProfile must be set if seccompProfile type is Localhost.", e.Message);
    }

    [Fact]
    public void Sandbox_AlwaysHasTheRuntimesSeccompProfile()
    {
        var pod = TestNode.NewPod("p");
        pod.Spec.SecurityContext = new V1PodSecurityContext { SeccompProfile = Seccomp("Unconfined") };
        var message = CriRequests.Sandbox(new SandboxConfig { Metadata = new SandboxMetadata("p", "default", "u", 0), Security = SecurityMapper.Sandbox(pod) });
        Assert.Equal("RuntimeDefault", message.Linux.SecurityContext.Seccomp.ProfileType.ToString());
    }

    [Fact]
    public void AppArmor_IsTheContainersOrThePods_InBothItsForms()
    {
        Assert.Null(Message(null).Apparmor);
        Assert.Equal("", Message(null).ApparmorProfile);
        (string, string, string) Sent(V1AppArmorProfile? own, V1AppArmorProfile? shared = null)
        {
            var message = Message(new V1SecurityContext { AppArmorProfile = own }, new V1PodSecurityContext { AppArmorProfile = shared });
            return (message.Apparmor.ProfileType.ToString(), message.Apparmor.LocalhostRef, message.ApparmorProfile);
        }
        Assert.Equal(("RuntimeDefault", "", "runtime/default"), Sent(AppArmor("RuntimeDefault")));
        Assert.Equal(("Unconfined", "", "unconfined"), Sent(AppArmor("Unconfined"), AppArmor("RuntimeDefault")));
        Assert.Equal(("Localhost", "tight", "localhost/tight"), Sent(null, AppArmor("Localhost", "tight")));
    }

    [Fact]
    public async Task AppArmor_WhereTheKernelHasNone_ThePodIsRejected()
    {
        Assert.SkipWhen(AppArmorProfiles.AreEnforced, "this kernel has AppArmor");
        await using var node = new TestNode(configure: o => o with { Materialize = true }).Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.Containers[0].SecurityContext = new V1SecurityContext { AppArmorProfile = AppArmor("RuntimeDefault") };
        await node.CreateAsync(pod);
        var shown = await node.UntilAsync("p", p => p.Status?.Phase == "Failed");
        Assert.Equal(("AppArmor", "Pod was rejected: Cannot enforce AppArmor: AppArmor is not enabled on the host"), (shown.Status.Reason, shown.Status.Message));
        await TestNode.UntilAsync(() => node.Events("AppArmor").Count == 1);
        Assert.Equal("Cannot enforce AppArmor: AppArmor is not enabled on the host", node.Events("AppArmor")[0].Message);
        Assert.Empty(await node.ContainersAsync());
        // Without a profile, or expressly without one, nothing is to be enforced.
        var free = TestNode.NewPod("free");
        free.Spec.SecurityContext = new V1PodSecurityContext { AppArmorProfile = AppArmor("Unconfined") };
        await node.CreateAsync(free);
        await node.UntilAsync("free", TestNode.IsReady);
    }

    [Theory]
    [InlineData(null, "PropagationPrivate")]
    [InlineData("None", "PropagationPrivate")]
    [InlineData("HostToContainer", "PropagationHostToContainer")]
    [InlineData("Bidirectional", "PropagationBidirectional")]
    public async Task MountPropagation_IsAsTold(string? asked, string sent)
    {
        var mount = await MountAsync(new V1VolumeMount { MountPropagation = asked });
        Assert.Equal((sent, false, false), (mount.Propagation.ToString(), mount.Readonly, mount.RecursiveReadOnly));
    }

    [Theory]
    [InlineData("Enabled", true, true)]
    [InlineData("IfPossible", true, true)]
    [InlineData("IfPossible", false, false)]
    [InlineData("Disabled", true, false)]
    [InlineData(null, true, false)]
    public async Task RecursiveReadOnly_IsAsToldWhereTheRuntimeCan(string? asked, bool supported, bool sent)
    {
        var mount = await MountAsync(new V1VolumeMount { ReadOnlyProperty = true, RecursiveReadOnly = asked }, supported);
        Assert.Equal((true, sent), (mount.Readonly, mount.RecursiveReadOnly));
        Assert.Equal(sent ? "Enabled" : "Disabled", RecursiveReadOnly.Shown(new V1VolumeMount { ReadOnlyProperty = true, RecursiveReadOnly = asked }, supported));
    }

    [Theory]
    [InlineData(true, null, false, "it is not supported by the runtime")]
    [InlineData(false, null, true, "it is not read-only")]
    [InlineData(true, "HostToContainer", true, "it is not compatible with propagation \"HostToContainer\"")]
    public void RecursiveReadOnly_ThatCannotBe_IsRefused(bool readOnly, string? propagation, bool supported, string why)
    {
        var mount = new V1VolumeMount { Name = "v", ReadOnlyProperty = readOnly, MountPropagation = propagation, RecursiveReadOnly = "Enabled" };
        var e = Assert.Throws<ConfigException>(() => RecursiveReadOnly.Resolve(mount, supported));
        Assert.Equal($"failed to resolve recursive read-only mode: volume \"v\" requested recursive read-only mode, but {why}", e.Message);
    }

    /// <summary>The mount as the runtime is told of it, made by a Pod on a node.</summary>
    private static async Task<Cri.V1.Mount> MountAsync(V1VolumeMount mount, bool supported = true)
    {
        var made = new TaskCompletionSource<ContainerConfig>();
        await using var node = new TestNode(new Simulation { Run = c => { made.TrySetResult(c); return new SimulatedProcess(); }, RecursiveReadOnly = supported }).Start();
        var pod = TestNode.NewPod("p");
        pod.Spec.Volumes = [new V1Volume { Name = "v", HostPath = new V1HostPathVolumeSource { Path = "/data" } }];
        (mount.Name, mount.MountPath) = ("v", "/v");
        pod.Spec.Containers[0].VolumeMounts = [mount];
        await node.CreateAsync(pod);
        var config = await made.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return Assert.Single(CriRequests.Container(config).Mounts);
    }
}
