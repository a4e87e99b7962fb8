namespace Coxswain.Api;

/// <summary>The kinds that upstream's scheme knows, served here or not: an unknown kind and a kind in the wrong place are told apart in messages.</summary>
internal static class KnownKinds
{
    private const string Workloads = "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet";

    private static readonly Dictionary<string, HashSet<string>> ByVersion = Make(
        ("v1", "Binding ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota "
            + "Secret Service ServiceAccount List Status"),
        ("apps/v1", Workloads), ("apps/v1beta2", Workloads + " Scale"), ("apps/v1beta1", "ControllerRevision Deployment StatefulSet Scale"),
        ("events.k8s.io/v1", "Event"), ("events.k8s.io/v1beta1", "Event"),
        ("authentication.k8s.io/v1beta1", "SelfSubjectReview"), ("authentication.k8s.io/v1", "SelfSubjectReview TokenRequest TokenReview"),
        ("authorization.k8s.io/v1", "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview"),
        ("autoscaling/v1", "HorizontalPodAutoscaler Scale"), ("autoscaling/v2", "HorizontalPodAutoscaler"),
        ("batch/v1", "CronJob Job"), ("batch/v1beta1", "CronJob"),
        ("certificates.k8s.io/v1", "CertificateSigningRequest"), ("coordination.k8s.io/v1", "Lease"), ("coordination.k8s.io/v1beta1", "Lease LeaseCandidate"),
        ("discovery.k8s.io/v1", "EndpointSlice"), ("discovery.k8s.io/v1beta1", "EndpointSlice"),
        ("networking.k8s.io/v1", "IPAddress Ingress IngressClass NetworkPolicy ServiceCIDR"), ("node.k8s.io/v1", "RuntimeClass"),
        ("policy/v1", "Eviction PodDisruptionBudget"), ("rbac.authorization.k8s.io/v1", "ClusterRole ClusterRoleBinding Role RoleBinding"),
        ("scheduling.k8s.io/v1", "PriorityClass"),
        ("storage.k8s.io/v1", "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass"),
        ("flowcontrol.apiserver.k8s.io/v1", "FlowSchema PriorityLevelConfiguration"),
        ("admissionregistration.k8s.io/v1", "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ValidatingAdmissionPolicy "
            + "ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration"),
        ("extensions/v1beta1", "DaemonSet Deployment Ingress NetworkPolicy ReplicaSet Scale"));

    public static bool Contains(GroupVersionKind kind) => ByVersion.TryGetValue(kind.ApiVersion, out var kinds) && kinds.Contains(kind.Kind);

    /// <summary>How upstream's internal package of a group is called: <c>core</c>, <c>apps</c>, <c>rbac</c>.</summary>
    public static string Package(string group) => group.Length == 0 ? "core" : group.Split('.')[0];

    private static Dictionary<string, HashSet<string>> Make(params (string Version, string Kinds)[] rows) =>
        rows.ToDictionary(r => r.Version, r => Expand(r.Kinds), StringComparer.Ordinal);

    private static HashSet<string> Expand(string kinds)
    {
        string[] common = ["DeleteOptions", "CreateOptions", "GetOptions", "ListOptions", "PatchOptions", "UpdateOptions", "WatchEvent"];
        return kinds.Split(' ').SelectMany(k => new[] { k, k + "List" }).Concat(common).ToHashSet(StringComparer.Ordinal);
    }
}
