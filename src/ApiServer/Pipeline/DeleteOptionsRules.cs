using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Pipeline;

internal static class DeleteOptionsRules
{
    private static readonly GroupVersionKind Kind = new("meta.k8s.io", "v1", "DeleteOptions");

    public static void Validate(V1DeleteOptions options)
    {
        var errors = new FieldErrors();
        var policy = FieldPath.Root("propagationPolicy");
#pragma warning disable CS0618 // old clients still send orphanDependents
        if (options.OrphanDependents is not null && options.PropagationPolicy is not null)
        {
            errors.Invalid(policy, options.PropagationPolicy, "orphanDependents and deletionPropagation cannot be both set");
        }
#pragma warning restore CS0618
        if (options.PropagationPolicy is not (null or "Foreground" or "Background" or "Orphan"))
        {
            errors.NotSupported(policy, options.PropagationPolicy, "Foreground", "Background", "Orphan", "nil");
        }
        DryRunRules.Check(options.DryRun ?? [], errors);
        if (errors.Count > 0) throw ApiErrors.Invalid(Kind, "", errors);
    }
}
