using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>
/// What writes of one kind need from the server as a whole: addresses and ports that no two objects may share. One instance a server, with state of its own.
/// </summary>
public interface IWriteHook
{
    ResourceType ResourceType { get; }

    /// <summary>
    /// Claims what <paramref name="value"/> needs and fills it in. Called on creates and on updates of the main resource, after mutating admission and before
    /// PrepareFor... and validation. Whatever comes of the write, the claim is disposed; <see cref="WriteClaim.Commit"/> is called before that once the write is done.
    /// </summary>
    /// <param name="old">What is stored, or null for a create.</param>
    /// <param name="dryRun">Nothing is claimed for longer than the request.</param>
    /// <exception cref="StatusException">422: something asked for cannot be had.</exception>
    WriteClaim Claim(IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta>? old, bool dryRun);

    /// <summary>The object is gone from the store: what it held is free again.</summary>
    void Deleted(IKubernetesObject<V1ObjectMeta> value);
}
