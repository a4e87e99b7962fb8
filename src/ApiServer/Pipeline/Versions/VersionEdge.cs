using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline.Versions;

/// <summary>A served version that is not the stored one: converted here, at the edge, and nowhere else.</summary>
internal abstract class VersionEdge
{
    public abstract ResourceType Served { get; }

    /// <summary>Whether a delete through this version that says nothing about dependents orphans them, as versions of old did.</summary>
    public virtual bool OrphansByDefault => false;

    /// <summary>Stored bytes as this version shows them.</summary>
    public abstract byte[] Show(ReadOnlySpan<byte> stored);

    /// <summary>An object of this version as it is stored.</summary>
    public abstract IKubernetesObject<V1ObjectMeta> Accept(IKubernetesObject<V1ObjectMeta> served);

    /// <summary>What writes through this version must obey besides the stored version's rules.</summary>
    /// <param name="value">In the stored version, as is <paramref name="old"/>, which is null for a create.</param>
    public virtual void Validate(IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta>? old, FieldErrors errors) { }

    /// <summary>What the stored version calls a selectable field of this one; null when there is none.</summary>
    public virtual string? StoredField(string field) => field;
}
