using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>An object that is put somewhere must be meant for there.</summary>
internal static class ObjectIdentity
{
    public static void Check(V1ObjectMeta meta, RequestContext context)
    {
        if (string.IsNullOrEmpty(meta.Name)) throw ApiErrors.BadRequest($"the name of the object ({context.Name} based on URL) was undeterminable: name must be provided");
        if (meta.Name != context.Name) throw ApiErrors.BadRequest($"the name of the object ({meta.Name}) does not match the name on the URL ({context.Name})");
        if (context.Namespace.Length > 0 && !string.IsNullOrEmpty(meta.NamespaceProperty) && meta.NamespaceProperty != context.Namespace)
        {
            throw ApiErrors.BadRequest($"the namespace of the object ({meta.NamespaceProperty}) does not match the namespace on the request ({context.Namespace})");
        }
    }
}
