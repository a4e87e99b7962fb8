using Coxswain.Store;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>What a request that did not fail answers.</summary>
/// <param name="Code">The HTTP status code: 200, 201, 202.</param>
/// <param name="Json">The body, ready to send.</param>
/// <param name="Stored">What lies in the store, when the answer is that; null for a Status, a dry run and a subresource's own kind.</param>
/// <param name="Value">The object in the served version when it is at hand: shared, never to be changed. See <see cref="ResourceEndpoint.ObjectOf(Answer)"/>.</param>
public readonly record struct Answer(int Code, ReadOnlyMemory<byte> Json, StoredValue? Stored = null, IKubernetesObject<V1ObjectMeta>? Value = null)
{
    /// <summary>The body is a <c>v1 Status</c> (of a deletion that is done, or of a binding) and not an object.</summary>
    public bool IsStatus { get; init; }
}
