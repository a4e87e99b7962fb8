using Coxswain.Api;
using Coxswain.Client;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>PATCH: the new state is what the patch makes of the present one, in the served version.</summary>
internal static class PatchPlan
{
    public static UpdatePlan For(ResourceEndpoint endpoint, RequestContext context, Patch patch, UpdatePart part, string subresource) => new(part, subresource, (_, stored) =>
    {
        var json = PatchApplier.Apply(patch, endpoint.JsonOf(stored!), endpoint.ServedType);
        var value = endpoint.Accept(ObjectBody.Of(json), context);
        ObjectIdentity.Check(value.Metadata, context);
        return value;
    });
}
