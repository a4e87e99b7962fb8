using k8s.Models;

namespace Coxswain.Api;

/// <summary>Every resource that Coxswain serves, by group: one line a kind. The server's behaviour for it stands in <c>ApiServer/Resources/Group/Kind.cs</c>.</summary>
public static partial class Kinds
{
    public static ResourceType<V1Namespace> Namespaces { get; } = new() { Group = "", Version = "v1", Resource = "namespaces", Kind = "Namespace", Namespaced = false, ShortNames = ["ns"] };
    public static ResourceType<V1Node> Nodes { get; } = new() { Group = "", Version = "v1", Resource = "nodes", Kind = "Node", Namespaced = false, ShortNames = ["no"] };
    public static ResourceType<V1Pod> Pods { get; } = new() { Group = "", Version = "v1", Resource = "pods", Kind = "Pod", Namespaced = true, ShortNames = ["po"], Categories = ["all"] };
    public static ResourceType<V1ConfigMap> ConfigMaps { get; } = new() { Group = "", Version = "v1", Resource = "configmaps", Kind = "ConfigMap", Namespaced = true, ShortNames = ["cm"] };
    public static ResourceType<V1Secret> Secrets { get; } = new() { Group = "", Version = "v1", Resource = "secrets", Kind = "Secret", Namespaced = true };
    public static ResourceType<V1ServiceAccount> ServiceAccounts { get; } = new() { Group = "", Version = "v1", Resource = "serviceaccounts", Kind = "ServiceAccount", Namespaced = true, ShortNames = ["sa"] };
    public static ResourceType<Corev1Event> Events { get; } = new() { Group = "", Version = "v1", Resource = "events", Kind = "Event", Namespaced = true, ShortNames = ["ev"] };
    public static ResourceType<V1Service> Services { get; } = new() { Group = "", Version = "v1", Resource = "services", Kind = "Service", Namespaced = true, ShortNames = ["svc"], Categories = ["all"] };
    public static ResourceType<V1Endpoints> Endpoints { get; } = new() { Group = "", Version = "v1", Resource = "endpoints", Kind = "Endpoints", Namespaced = true, ShortNames = ["ep"] };
    public static ResourceType<V1ReplicationController> ReplicationControllers { get; } = new() { Group = "", Version = "v1", Resource = "replicationcontrollers", Kind = "ReplicationController", Namespaced = true, ShortNames = ["rc"], Categories = ["all"] };
    public static ResourceType<V1ResourceQuota> ResourceQuotas { get; } = new() { Group = "", Version = "v1", Resource = "resourcequotas", Kind = "ResourceQuota", Namespaced = true, ShortNames = ["quota"] };
}
