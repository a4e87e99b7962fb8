using Coxswain.ApiServer.Resources.Core;

namespace Coxswain.ApiServer.Tests.Resources.Core;

public sealed class NodeTests
{
    private static readonly Node Kind = new();

    [Fact]
    public void Default_CapacityAlone_IsAllocatable() =>
        Assert.Equal("2", Written.Created(Kind, """{"metadata":{"name":"n"},"status":{"capacity":{"cpu":"2"}}}""").Status.Allocatable["cpu"].ToString());

    [Theory]
    [InlineData("""{"podCIDR":"10.1.0.0/24"}""")]
    [InlineData("""{"podCIDRs":["10.1.0.0/24"]}""")]
    [InlineData("""{"podCIDR":"10.1.0.0/24","podCIDRs":["10.2.0.0/24"]}""")]
    public void Default_PodCidrs_OneFieldFillsTheOther(string spec)
    {
        var node = Written.Object(Kind, $$$$"""{"metadata":{"name":"n"},"spec":{{{{spec}}}}}""");
        Assert.Equal("10.1.0.0/24", node.Spec.PodCIDR);
        Assert.Equal(["10.1.0.0/24"], node.Spec.PodCIDRs);
    }

    [Fact]
    public void Validate_Taints_AreReportedUnderMetadata() => Assert.Equal(
        [
            "metadata.taints[0].effect: Unsupported value: \"Sometimes\": supported values: \"NoSchedule\", \"PreferNoSchedule\", \"NoExecute\"",
            "metadata.taints[2]: Duplicate value: {\"Key\":\"k\",\"Value\":\"v\",\"Effect\":\"NoExecute\",\"TimeAdded\":null}: taints must be unique by key and effect pair",
        ],
        Written.Faults(Kind, """{"metadata":{"name":"n"},"spec":{"taints":[{"key":"k","effect":"Sometimes"},{"key":"k","effect":"NoExecute"},{"key":"k","value":"v","effect":"NoExecute"}]}}"""));

    [Fact]
    public void Validate_TwoCidrsOfOneFamily_AreTooMany() => Assert.Equal(
        ["spec.podCIDRs: Invalid value: [\"10.1.0.0/24\",\"10.2.0.0/24\"]: may specify no more than one CIDR for each IP family"],
        Written.Faults(Kind, """{"metadata":{"name":"n"},"spec":{"podCIDRs":["10.1.0.0/24","10.2.0.0/24"]}}"""));

    [Fact]
    public void ValidateUpdate_GivenCidrAndProvider_MayNotChange() => Assert.Equal(
        [
            "spec.podCIDRs: Forbidden: node updates may not change podCIDR except from \"\" to valid",
            "spec.providerID: Forbidden: node updates may not change providerID except from \"\" to valid",
        ],
        Written.UpdateFaults(Kind, """{"metadata":{"name":"n"},"spec":{"podCIDR":"10.1.0.0/24","providerID":"a://1"}}""", """{"metadata":{"name":"n"},"spec":{"podCIDR":"10.2.0.0/24","providerID":"a://2"}}"""));

    [Fact]
    public void ValidateStatusUpdate_RepeatedAddress_IsDuplicate() => Assert.Equal(
        ["status.addresses[1]: Duplicate value: {\"Type\":\"Hostname\",\"Address\":\"n\"}"],
        Written.StatusFaults(Kind, """{"metadata":{"name":"n"},"status":{"addresses":[{"type":"Hostname","address":"n"},{"type":"Hostname","address":"n"}]}}"""));

    [Fact]
    public void Row_ReadyAndCordoned_ShowsAll() => Assert.Equal(
        "n | Ready,SchedulingDisabled | control-plane,edge | 2d | v1.36.0 | 10.0.0.1 | <none> | Debian | <unknown> | containerd://2",
        Written.Row(Kind, """
            {"metadata":{"name":"n","creationTimestamp":"2026-03-02T12:00:00Z","labels":{"node-role.kubernetes.io/edge":"","kubernetes.io/role":"control-plane"}},"spec":{"unschedulable":true},
             "status":{"conditions":[{"type":"MemoryPressure","status":"False"},{"type":"Ready","status":"True"}],"addresses":[{"type":"InternalIP","address":"10.0.0.1"}],
             "nodeInfo":{"kubeletVersion":"v1.36.0","osImage":"Debian","containerRuntimeVersion":"containerd://2","architecture":"","bootID":"","kernelVersion":"","kubeProxyVersion":"","machineID":"","operatingSystem":"","systemUUID":""}}}
            """));

    [Theory]
    [InlineData("[]", "Unknown")]
    [InlineData("""[{"type":"Ready","status":"Unknown"}]""", "NotReady")]
    public void Row_Status_FollowsTheReadyCondition(string conditions, string status) =>
        Assert.Equal(status, Kind.Cells(Written.Object(Kind, $$$$"""{"metadata":{"name":"n"},"status":{"conditions":{{{{conditions}}}}}}"""), Written.Now)[1]);
}
