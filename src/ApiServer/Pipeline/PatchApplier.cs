using System.Text;
using Coxswain.Api;
using Coxswain.Client;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

/// <summary>Applies a patch to an object's bytes and says what is wrong in the wire's words.</summary>
internal static class PatchApplier
{
    /// <param name="findings">What is odd about the patch itself, though it can be applied.</param>
    public static ReadOnlyMemory<byte> Apply(Patch patch, ReadOnlyMemory<byte> json, ResourceType type, RequestContext context, out IReadOnlyList<string> findings)
    {
        try
        {
            findings = context.FieldValidation == FieldValidation.Ignore ? [] : Check(patch);
            return patch.Type switch
            {
                PatchType.Json => JsonPatch.Apply(json, patch.Body),
                PatchType.Merge => MergePatch.Apply(json, patch.Body),
                _ => StrategicMergePatch.Apply(json, patch.Body, type.Schema),
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

    private static IReadOnlyList<string> Check(Patch patch) => patch.Type switch
    {
        PatchType.Json => PatchCheck.OfJson(patch.Body),
        PatchType.Merge => PatchCheck.OfMerge(patch.Body),
        _ => PatchCheck.OfStrategic(patch.Body),
    };

    /// <summary>The patched object in its type; what does not fit is told as upstream tells it, which depends on the kind of patch.</summary>
    /// <param name="ofPatch">What <see cref="Apply"/> found.</param>
    public static object Decode(Patch patch, ReadOnlyMemory<byte> json, Type type, GroupVersionKind kind, RequestContext context, IReadOnlyList<string> ofPatch)
    {
        try
        {
            var value = StrictDecoder.DecodeBare(type, json.Span, out var findings);
            if (patch.Type != PatchType.StrategicMerge) StrictDecoder.CheckKind((IKubernetesObject)value, kind, json.Span);
            Judge(patch, json, [.. ofPatch, .. findings], context);
            return value;
        }
        catch (GoDecodeException e)
        {
            throw Undecodable(patch, json, patch.Type == PatchType.StrategicMerge ? MapConversion.Error(e.Message) : e.Message);
        }
    }

    private static void Judge(Patch patch, ReadOnlyMemory<byte> json, List<string> findings, RequestContext context)
    {
        if (findings.Count == 0) return;
        if (context.FieldValidation == FieldValidation.Strict) throw Undecodable(patch, json, $"strict decoding error: {string.Join(", ", findings)}");
        if (context.FieldValidation == FieldValidation.Warn) context.Warnings.AddRange(findings.Except(context.Warnings));
    }

    /// <summary>Upstream shows the whole document, or of a strategic patch the patch.</summary>
    private static StatusException Undecodable(Patch patch, ReadOnlyMemory<byte> json, string why)
    {
        var errors = new FieldErrors();
        var shown = patch.Type == PatchType.StrategicMerge ? PatchCheck.Shown(patch.Body) : Encoding.UTF8.GetString(json.Span);
        errors.Invalid(FieldPath.Root("patch"), shown, why);
        return ApiErrors.Invalid(new GroupVersionKind("", "", ""), "", errors);
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
