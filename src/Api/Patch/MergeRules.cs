using k8s.Models;

namespace Coxswain.Api;

/// <summary>The fields that do not follow the plain rule (maps merge, lists are replaced).</summary>
internal static class MergeRules
{
    private static readonly Dictionary<(Type Type, string Field), MergeRule> Rules = Build(
        (typeof(V1ObjectMeta), "finalizers", ""), (typeof(V1ObjectMeta), "ownerReferences", "uid"),

        (typeof(V1PodSpec), "containers", "name"), (typeof(V1PodSpec), "initContainers", "name"), (typeof(V1PodSpec), "ephemeralContainers", "name"),
        (typeof(V1PodSpec), "volumes", "name"), (typeof(V1PodSpec), "hostAliases", "ip"), (typeof(V1PodSpec), "imagePullSecrets", "name"),
        (typeof(V1PodSpec), "resourceClaims", "name"), (typeof(V1PodSpec), "schedulingGates", "name"), (typeof(V1PodSpec), "topologySpreadConstraints", "topologyKey"),
        (typeof(V1PodStatus), "conditions", "type"), (typeof(V1PodStatus), "hostIPs", "ip"), (typeof(V1PodStatus), "podIPs", "ip"),
        (typeof(V1PodStatus), "resourceClaimStatuses", "name"),
        (typeof(V1Container), "env", "name"), (typeof(V1Container), "ports", "containerPort"), (typeof(V1Container), "volumeDevices", "devicePath"),
        (typeof(V1Container), "volumeMounts", "mountPath"),
        (typeof(V1EphemeralContainer), "env", "name"), (typeof(V1EphemeralContainer), "ports", "containerPort"),
        (typeof(V1EphemeralContainer), "volumeDevices", "devicePath"), (typeof(V1EphemeralContainer), "volumeMounts", "mountPath"),
        (typeof(V1ContainerStatus), "allocatedResourcesStatus", "name"), (typeof(V1ContainerStatus), "volumeMounts", "mountPath"),

        (typeof(V1NamespaceStatus), "conditions", "type"),
        (typeof(V1NodeSpec), "podCIDRs", ""), (typeof(V1NodeStatus), "addresses", "type"), (typeof(V1NodeStatus), "conditions", "type"),
        (typeof(V1ReplicationControllerStatus), "conditions", "type"), (typeof(V1ServiceAccount), "secrets", "name"),
        (typeof(V1ServiceSpec), "ports", "port"), (typeof(V1ServiceStatus), "conditions", "type"),
        (typeof(V1DeploymentStatus), "conditions", "type"), (typeof(V1ReplicaSetStatus), "conditions", "type"), (typeof(V1DaemonSetStatus), "conditions", "type"));

    public static MergeRule Of(Type? owner, string field) => owner is not null && Rules.TryGetValue((owner, field), out var rule) ? rule : default;

    private static Dictionary<(Type, string), MergeRule> Build(params ReadOnlySpan<(Type Type, string Field, string Key)> lists)
    {
        var rules = new Dictionary<(Type, string), MergeRule>();
        foreach (var (type, field, key) in lists) rules.Add((type, field), new MergeRule(Merge: true, key));
        return rules;
    }
}
