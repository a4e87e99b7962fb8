using k8s.Models;

namespace Coxswain.Api.Tests.Patch;

public sealed class MergeRuleTests
{
    /// <summary>As upstream's OpenAPI has them: every list of the served kinds that a strategic patch merges, and by what.</summary>
    [Theory]
    [InlineData(typeof(V1Container), "env", "name")]
    [InlineData(typeof(V1Container), "ports", "containerPort")]
    [InlineData(typeof(V1Container), "volumeDevices", "devicePath")]
    [InlineData(typeof(V1Container), "volumeMounts", "mountPath")]
    [InlineData(typeof(V1ContainerStatus), "allocatedResourcesStatus", "name")]
    [InlineData(typeof(V1ContainerStatus), "volumeMounts", "mountPath")]
    [InlineData(typeof(V1DaemonSetStatus), "conditions", "type")]
    [InlineData(typeof(V1DeploymentStatus), "conditions", "type")]
    [InlineData(typeof(V1EphemeralContainer), "env", "name")]
    [InlineData(typeof(V1EphemeralContainer), "ports", "containerPort")]
    [InlineData(typeof(V1EphemeralContainer), "volumeDevices", "devicePath")]
    [InlineData(typeof(V1EphemeralContainer), "volumeMounts", "mountPath")]
    [InlineData(typeof(V1NamespaceStatus), "conditions", "type")]
    [InlineData(typeof(V1NodeSpec), "podCIDRs", "")]
    [InlineData(typeof(V1NodeStatus), "addresses", "type")]
    [InlineData(typeof(V1NodeStatus), "conditions", "type")]
    [InlineData(typeof(V1ObjectMeta), "finalizers", "")]
    [InlineData(typeof(V1ObjectMeta), "ownerReferences", "uid")]
    [InlineData(typeof(V1PodSpec), "containers", "name")]
    [InlineData(typeof(V1PodSpec), "ephemeralContainers", "name")]
    [InlineData(typeof(V1PodSpec), "hostAliases", "ip")]
    [InlineData(typeof(V1PodSpec), "imagePullSecrets", "name")]
    [InlineData(typeof(V1PodSpec), "initContainers", "name")]
    [InlineData(typeof(V1PodSpec), "resourceClaims", "name")]
    [InlineData(typeof(V1PodSpec), "schedulingGates", "name")]
    [InlineData(typeof(V1PodSpec), "topologySpreadConstraints", "topologyKey")]
    [InlineData(typeof(V1PodSpec), "volumes", "name")]
    [InlineData(typeof(V1PodStatus), "conditions", "type")]
    [InlineData(typeof(V1PodStatus), "hostIPs", "ip")]
    [InlineData(typeof(V1PodStatus), "podIPs", "ip")]
    [InlineData(typeof(V1PodStatus), "resourceClaimStatuses", "name")]
    [InlineData(typeof(V1ReplicaSetStatus), "conditions", "type")]
    [InlineData(typeof(V1ReplicationControllerStatus), "conditions", "type")]
    [InlineData(typeof(V1ServiceAccount), "secrets", "name")]
    [InlineData(typeof(V1ServiceSpec), "ports", "port")]
    [InlineData(typeof(V1ServiceStatus), "conditions", "type")]
    public void Of_AListThatMerges_HasUpstreamsKey(Type type, string field, string key)
    {
        var rule = Schemas.Of(type)!.Fields.Find(field)!;
        Assert.Equal((PatchStrategy.Merge, key), (rule.Patch & PatchStrategy.Merge, rule.PatchKey));
    }

    [Theory]
    [InlineData(typeof(V1Container), "args")]
    [InlineData(typeof(V1Container), "envFrom")]
    [InlineData(typeof(V1PodSpec), "tolerations")]
    [InlineData(typeof(V1PodSpec), "readinessGates")]
    [InlineData(typeof(V1ServiceAccount), "imagePullSecrets")]
    [InlineData(typeof(V1NodeSpec), "taints")]
    [InlineData(typeof(V1Endpoints), "subsets")]
    [InlineData(typeof(V1EndpointSlice), "endpoints")]
    public void Of_AListThatIsReplaced_HasNone(Type type, string field) => Assert.Equal(PatchStrategy.None, Schemas.Of(type)!.Fields.Find(field)!.Patch);
}
