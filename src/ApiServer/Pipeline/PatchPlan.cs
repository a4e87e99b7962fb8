using Coxswain.Api;
using Coxswain.Client;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>PATCH: the new state is what the patch makes of the present one, in the served version.</summary>
internal static class PatchPlan
{
    public static UpdatePlan For(ResourceEndpoint endpoint, RequestContext context, Patch patch, UpdatePart part, string subresource) => new(part, subresource, (_, stored) =>
    {
        var type = endpoint.ServedType;
        var json = PatchApplier.Apply(patch, endpoint.JsonOf(stored!), type, context, out var findings);
        var patched = PatchApplier.Decode(patch, json, type.ClrType, type.GroupVersionKind, context, findings);
        var value = endpoint.Accept(ObjectBody.Of((IKubernetesObject<V1ObjectMeta>)patched), context);
        ObjectIdentity.Check(value.Metadata, context);
        return value;
    });
}
