using Coxswain.Store;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>Which part of an object a write is about, and with that whose rules it follows: the kind's for the object, its status or another of its
/// subresources, or only those for metadata (Raw).</summary>
internal enum UpdatePart { Main, Status, Other, Raw }

/// <summary>How an update finds the new state. Asked again when another writer came in between.</summary>
/// <param name="Next">The new state in the stored version, from the present one (a copy of one's own, which may be changed and returned; null: it does not exist).</param>
internal sealed record UpdatePlan(UpdatePart Part, string Subresource, Func<IKubernetesObject<V1ObjectMeta>?, StoredValue?, IKubernetesObject<V1ObjectMeta>> Next)
{
    /// <summary>The uid in a PUT's body is a precondition.</summary>
    public bool UidIsPrecondition { get; init; }
    /// <summary>A missing object may be made.</summary>
    public bool MayCreate { get; init; }
    /// <summary>What the caller is told instead of the stored object: a Scale, a Status.</summary>
    public Func<IKubernetesObject<V1ObjectMeta>, Answer>? Show { get; init; }
}
