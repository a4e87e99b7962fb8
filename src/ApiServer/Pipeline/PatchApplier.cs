using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>Applies a patch to an object's bytes and says what is wrong in the wire's words.</summary>
internal static class PatchApplier
{
    public static ReadOnlyMemory<byte> Apply(Patch patch, ReadOnlyMemory<byte> json, ResourceType type)
    {
        try
        {
            return patch.Type switch
            {
                PatchType.Json => JsonPatch.Apply(json, patch.Body),
                PatchType.Merge => MergePatch.Apply(json, patch.Body),
                _ => StrategicMergePatch.Apply(json, patch.Body, type.ClrType),
            };
        }
        catch (PatchException e)
        {
            throw e.Failure switch
            {
                PatchFailure.Malformed => ApiErrors.BadRequest(e.Message),
                PatchFailure.TooLarge => ApiErrors.TooLarge($"Request entity too large: {e.Message}"),
                PatchFailure.Inapplicable => Inapplicable(),
                _ => ApiErrors.Unknown(e.Message),
            };
        }
    }

    /// <summary>The result does not decode: all that is known is the whole document.</summary>
    public static StatusException Undecodable(string document, string why)
    {
        var errors = new FieldErrors();
        errors.Invalid(FieldPath.Root("patch"), document, why);
        return ApiErrors.Invalid(default, "", errors);
    }

    /// <summary>Upstream tells no more than this.</summary>
    private static StatusException Inapplicable() => new(new V1Status
    {
        ApiVersion = "v1",
        Kind = "Status",
        Metadata = new V1ListMeta(),
        Status = "Failure",
        Message = "the server rejected our request due to an error in our request",
        Reason = "Invalid",
        Details = new V1StatusDetails(),
        Code = 422,
    });
}
