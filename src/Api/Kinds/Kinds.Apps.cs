using k8s.Models;

namespace Coxswain.Api;

public static partial class Kinds
{
    public static ResourceType<V1Deployment> Deployments { get; } = new() { Group = "apps", Version = "v1", Resource = "deployments", Kind = "Deployment", Namespaced = true, ShortNames = ["deploy"], Categories = ["all"] };
    public static ResourceType<V1ReplicaSet> ReplicaSets { get; } = new() { Group = "apps", Version = "v1", Resource = "replicasets", Kind = "ReplicaSet", Namespaced = true, ShortNames = ["rs"], Categories = ["all"] };
    public static ResourceType<V1DaemonSet> DaemonSets { get; } = new() { Group = "apps", Version = "v1", Resource = "daemonsets", Kind = "DaemonSet", Namespaced = true, ShortNames = ["ds"], Categories = ["all"] };
    public static ResourceType<V1ControllerRevision> ControllerRevisions { get; } = new() { Group = "apps", Version = "v1", Resource = "controllerrevisions", Kind = "ControllerRevision", Namespaced = true };
}
