using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Admission;

internal enum AdmissionOperation { Create, Update, Delete }

/// <summary>One write on its way to the store, as admission sees it.</summary>
/// <param name="Subresource">Empty for the resource itself.</param>
/// <param name="Object">The new state, which mutating steps may change; null for Delete.</param>
/// <param name="Old">What is stored; null for Create. Never changed.</param>
internal sealed record AdmissionRequest(
    ApiServerCore Core, RequestContext Context, ResourceDefinition Definition, AdmissionOperation Operation, string Subresource,
    IKubernetesObject<V1ObjectMeta>? Object, IKubernetesObject<V1ObjectMeta>? Old)
{
    /// <summary>From the path, else the object's own.</summary>
    public string Namespace => Context.Namespace.Length > 0 ? Context.Namespace : Object?.Metadata.NamespaceProperty ?? "";

    /// <summary>What messages call the object: a name that is still to be generated shows its prefix.</summary>
    public string Name
    {
        get
        {
            if (Context.Name.Length > 0) return Context.Name;
            var meta = (Object ?? Old)?.Metadata;
            if (!string.IsNullOrEmpty(meta?.Name)) return meta.Name;
            return string.IsNullOrEmpty(meta?.GenerateName) ? "Unknown" : meta.GenerateName;
        }
    }

    /// <summary>The name in the path or in the object; empty while it is still to be generated.</summary>
    public string GivenName => Context.Name.Length > 0 ? Context.Name : (Object ?? Old)?.Metadata.Name ?? "";

    public StatusException Forbid(string why) => ApiErrors.Forbidden(Definition.ResourceType.GroupVersionResource, Name, why);

    public bool Is(AdmissionOperation operation, ResourceType type, string subresource = "") =>
        Operation == operation && ReferenceEquals(Definition.ResourceType, type) && Subresource == subresource;
}
