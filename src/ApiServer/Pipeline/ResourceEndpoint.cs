using System.Buffers;
using Coxswain.Api;
using Coxswain.ApiServer.Resources;
using Coxswain.Client;
using Coxswain.Store;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>
/// One resource in one served version: what each verb does, without sockets. The HTTP layer and the in-process client both come through here; every
/// failure is a <see cref="StatusException"/>.
/// </summary>
public sealed class ResourceEndpoint
{
    internal ResourceEndpoint(ApiServerCore core, ResourceDefinition definition, ResourceType servedType) => (Core, Definition, ServedType) = (core, definition, servedType);

    internal ApiServerCore Core { get; }
    public ResourceDefinition Definition { get; }
    /// <summary>The version this endpoint shows; the stored one is <see cref="ResourceDefinition.ResourceType"/>.</summary>
    public ResourceType ServedType { get; }

    /// <param name="subresource">Empty, or <c>status</c>, <c>scale</c>.</param>
    public Answer Get(RequestContext context, string subresource = "") => throw new NotImplementedException();

    /// <summary>Of one namespace, or of all when <see cref="RequestContext.Namespace"/> is empty.</summary>
    public ListAnswer List(RequestContext context, ListQuery query) => throw new NotImplementedException();

    public WatchStream Watch(RequestContext context, ListQuery query) => throw new NotImplementedException();

    /// <param name="subresource">Empty, or <c>binding</c> (pods), <c>token</c> (serviceaccounts).</param>
    public ValueTask<Answer> CreateAsync(RequestContext context, ObjectBody body, string subresource = "") => throw new NotImplementedException();

    /// <param name="subresource">Empty, or <c>status</c>, <c>scale</c>, <c>finalize</c> (namespaces).</param>
    public ValueTask<Answer> UpdateAsync(RequestContext context, ObjectBody body, string subresource = "") => throw new NotImplementedException();

    public ValueTask<Answer> PatchAsync(RequestContext context, Patch patch, string subresource = "") => throw new NotImplementedException();

    public ValueTask<Answer> DeleteAsync(RequestContext context, V1DeleteOptions? options) => throw new NotImplementedException();

    /// <summary>Answers with the objects as they were when they were chosen.</summary>
    public ValueTask<ListAnswer> DeleteCollectionAsync(RequestContext context, ListQuery query, V1DeleteOptions? options) => throw new NotImplementedException();

    /// <summary>The object in the served version: decoded once a revision and shared. Never change it.</summary>
    public IKubernetesObject<V1ObjectMeta> ObjectOf(StoredValue stored) => throw new NotImplementedException();

    /// <inheritdoc cref="ObjectOf(StoredValue)"/>
    public IKubernetesObject<V1ObjectMeta> ObjectOf(Answer answer) => throw new NotImplementedException();

    /// <summary>The object's bytes in the served version.</summary>
    public ReadOnlyMemory<byte> JsonOf(StoredValue stored) => throw new NotImplementedException();

    /// <summary>The object as it stands in a list: without apiVersion and kind.</summary>
    internal void WriteItem(IBufferWriter<byte> output, StoredValue stored) => throw new NotImplementedException();
}
