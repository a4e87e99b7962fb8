using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>What tells ReplicaSets and ReplicationControllers apart; how they keep Pods is the same.</summary>
internal interface IReplicaKind<T> where T : class, IKubernetesObject<V1ObjectMeta>, new()
{
    ResourceType<T> Type { get; }
    int Replicas(T value);
    int MinReadySeconds(T value);
    V1PodTemplateSpec? Template(T value);
    LabelMatcher Selector(T value);

    /// <summary>The object with its new status, or null when that says what the old one said.</summary>
    T? WithStatus(T value, ReplicaCounts counts, ReplicaFailure? failure, DateTime now);
}

/// <summary>The Pods of one owner, counted.</summary>
internal readonly record struct ReplicaCounts(int Replicas, int FullyLabeled, int Ready, int Available, int Terminating);

/// <param name="Reason">FailedCreate or FailedDelete.</param>
internal sealed record ReplicaFailure(string Reason, string Message);
