namespace Coxswain.Api;

public static partial class Kinds
{
    /// <summary>Every stored kind once (<see cref="EventsV1"/> is another face of <see cref="Events"/>): what namespace deletion and garbage collection walk over.</summary>
    public static IReadOnlyList<ResourceType> All =>
    [
        Namespaces, Nodes, Pods, ConfigMaps, Secrets, ServiceAccounts, Events, Services, Endpoints, ReplicationControllers, ResourceQuotas,
        Deployments, ReplicaSets, DaemonSets, ControllerRevisions, EndpointSlices, Leases,
    ];
}
