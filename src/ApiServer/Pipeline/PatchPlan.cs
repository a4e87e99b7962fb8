using System.Text;
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
        var json = PatchApplier.Apply(patch, endpoint.JsonOf(stored!), endpoint.ServedType);
        var value = endpoint.Accept(ObjectBody.Of(Decode(endpoint.ServedType, json, context)), context);
        ObjectIdentity.Check(value.Metadata, context);
        return value;
    });

    private static IKubernetesObject<V1ObjectMeta> Decode(ResourceType type, ReadOnlyMemory<byte> json, RequestContext context)
    {
        try
        {
            var value = (IKubernetesObject<V1ObjectMeta>)StrictDecoder.DecodeBare(type.ClrType, json.Span, out var findings);
            if (findings.Count > 0 && context.FieldValidation == FieldValidation.Strict)
            {
                throw PatchApplier.Undecodable(Encoding.UTF8.GetString(json.Span), $"strict decoding error: {string.Join(", ", findings)}");
            }
            if (context.FieldValidation == FieldValidation.Warn) context.Warnings.AddRange(findings.Except(context.Warnings));
            return value;
        }
        catch (GoDecodeException e) { throw PatchApplier.Undecodable(Encoding.UTF8.GetString(json.Span), e.Message); }
    }
}
