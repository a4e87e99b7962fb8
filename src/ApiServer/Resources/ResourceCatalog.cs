using Coxswain.ApiServer.Resources.Apps;
using Coxswain.ApiServer.Resources.Authentication;
using Coxswain.ApiServer.Resources.Authorization;
using Coxswain.ApiServer.Resources.Coordination;
using Coxswain.ApiServer.Resources.Core;
using Coxswain.ApiServer.Resources.Discovery;

namespace Coxswain.ApiServer.Resources;

/// <summary>Every kind that is served, one line each.</summary>
public static class ResourceCatalog
{
    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        new ConfigMap(),
        new Endpoints(),
        new Event(),
        new Namespace(),
        new Node(),
        new Pod(),
        new ReplicationController(),
        new ResourceQuota(),
        new Secret(),
        new Service(),
        new ServiceAccount(),
        new ControllerRevision(),
        new DaemonSet(),
        new Deployment(),
        new ReplicaSet(),
        new Lease(),
        new EndpointSlice(),
        new Binding(),
        new SelfSubjectReview(),
        new TokenReview(),
        new LocalSubjectAccessReview(),
        new SelfSubjectAccessReview(),
        new SelfSubjectRulesReview(),
        new SubjectAccessReview(),
    ];
}
