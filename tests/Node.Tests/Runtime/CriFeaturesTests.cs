using Coxswain.Node.Cri.V1;
using Coxswain.Node.Runtime;
using Google.Protobuf;
using CgroupDriver = Coxswain.Node.Runtime.CgroupDriver;
using V1 = Coxswain.Node.Cri.V1;

namespace Coxswain.Node.Tests.Runtime;

/// <summary>What runtimes say of themselves, those of today and those before them.</summary>
public sealed class CriFeaturesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static StatusResponse Status(string? config = null)
    {
        var status = new StatusResponse { Status = new V1.RuntimeStatus { Conditions = { new V1.RuntimeCondition { Type = "RuntimeReady", Status = true }, new V1.RuntimeCondition { Type = "NetworkReady", Status = true } } } };
        if (config is not null) status.Info["config"] = config;
        return status;
    }

    [Theory]
    [InlineData(V1CgroupDriver.Systemd, CgroupDriver.Systemd)]
    [InlineData(V1CgroupDriver.Cgroupfs, CgroupDriver.Cgroupfs)]
    public async Task CgroupDriver_IsWhatTheRuntimeSays(V1CgroupDriver said, CgroupDriver driver)
    {
        var answer = new RuntimeConfigResponse { Linux = new LinuxRuntimeConfiguration { CgroupDriver = (V1.CgroupDriver)said } };
        await using var server = await CriServer.StartAsync(call => call == "RuntimeConfig" ? answer : null);
        Assert.Equal(driver, await server.Runtime.GetCgroupDriverAsync(Ct));
    }

    /// <summary>With CRI's numbers.</summary>
    public enum V1CgroupDriver { Systemd, Cgroupfs }

    [Theory]
    [InlineData("""{"containerd":{"defaultRuntimeName":"runc","runtimes":{"runc":{"runtimeType":"io.containerd.runc.v2","options":{"SystemdCgroup":true}}}},"sandboxImage":"registry.k8s.io/pause:3.6"}""", CgroupDriver.Systemd)]
    [InlineData("""{"containerd":{"defaultRuntimeName":"crun","runtimes":{"runc":{"options":{"SystemdCgroup":true}},"crun":{"options":{"SystemdCgroup":false}}}}}""", CgroupDriver.Cgroupfs)]
    [InlineData("""{"containerd":{"defaultRuntimeName":"runc","runtimes":{"runc":{"options":null}}}}""", CgroupDriver.Cgroupfs)]
    [InlineData("{}", CgroupDriver.Cgroupfs)]
    [InlineData(null, CgroupDriver.Cgroupfs)]
    public async Task CgroupDriver_OfARuntimeWithoutTheCall_IsInItsConfiguration(string? config, CgroupDriver driver)
    {
        await using var server = await CriServer.StartAsync(call => call == "Status" ? Status(config) : null);
        Assert.Equal(driver, await server.Runtime.GetCgroupDriverAsync(Ct));
    }

    [Fact]
    public async Task Status_TellsWhatTheHandlersCan()
    {
        var answer = Status();
        answer.RuntimeHandlers.Add(new V1.RuntimeHandler { Name = "", Features = new RuntimeHandlerFeatures { RecursiveReadOnlyMounts = true } });
        answer.RuntimeHandlers.Add(new V1.RuntimeHandler { Name = "old" });
        answer.Features = new RuntimeFeatures { SupplementalGroupsPolicy = true };
        await using var server = await CriServer.StartAsync(call => call == "Status" ? answer : null);
        var status = await server.Runtime.GetStatusAsync(Ct);
        Assert.Equal([("", true, false), ("old", false, false)], status.Handlers.Select(h => (h.Name, h.RecursiveReadOnlyMounts, h.UserNamespaces)));
        Assert.True(status.SupplementalGroupsPolicy);
        Assert.True(status.CanMakeMountsReadOnlyAllTheWay("") && !status.CanMakeMountsReadOnlyAllTheWay("old"));
    }

    [Fact]
    public async Task Status_OfARuntimeThatKnowsNoHandlers_HasNone()
    {
        await using var server = await CriServer.StartAsync(call => call == "Status" ? Status() : null);
        var status = await server.Runtime.GetStatusAsync(Ct);
        Assert.True(status.RuntimeReady.Ready && status.NetworkReady.Ready);
        Assert.Empty(status.Handlers);
        Assert.Null(status.SupplementalGroupsPolicy);
        Assert.False(status.CanMakeMountsReadOnlyAllTheWay(""));
    }

    [Theory]
    [InlineData("""{"sandboxImage":"registry.k8s.io/pause:3.6","containerd":{}}""", "registry.k8s.io/pause:3.6")]
    [InlineData("""{"containerd":{"defaultRuntimeName":"runc"},"rootDir":"/var/lib/containerd/io.containerd.grpc.v1.cri"}""", null)] // from 2.0 on
    [InlineData(null, null)]
    public async Task SandboxImage_IsInTheConfigurationOfRuntimesThatTell(string? config, string? image)
    {
        await using var server = await CriServer.StartAsync(call => call == "Status" ? Status(config) : null);
        Assert.Equal(image, await server.Runtime.GetSandboxImageAsync(Ct));
    }
}
