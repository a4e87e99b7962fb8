using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Services;

/// <summary>Fills in ipFamilies and ipFamilyPolicy, on a cluster that has one family of service addresses.</summary>
internal sealed class ServiceIpFamilies(string family)
{
    private static readonly FieldPath Spec = FieldPath.Root("spec");
    private static readonly FieldPath Policy = Spec.Child("ipFamilyPolicy");

    /// <exception cref="StatusException">422: the cluster cannot do what is asked.</exception>
    public void Fill(V1Service service, V1Service? old)
    {
        var spec = service.Spec;
        if (spec.Type == "ExternalName" || UnchangedPreference(spec, old?.Spec)) return;
        var errors = new FieldErrors();
        spec.IpFamilyPolicy ??= old?.Spec.IpFamilyPolicy ?? (IsBare(spec) ? "RequireDualStack" : "SingleStack");
        ServiceAddressValidation.Fields(spec, errors);
        ThrowIfAny(errors, service);

        if (old is not null) Shrink(spec, old.Spec, errors);
        PolicyFits(spec, errors);
        InferFamilies(spec, errors);
        ThrowIfAny(errors, service);

        if (IsBare(spec)) FillBare(spec);
        else Restrict(spec, errors);
        ThrowIfAny(errors, service);
    }

    /// <summary>Headless and without a selector: its endpoints are someone else's, and may be of any family.</summary>
    private static bool IsBare(V1ServiceSpec spec) => spec.ClusterIP == ServiceTraits.None && spec.Selector is not { Count: > 0 };

    /// <summary>A Service that merely prefers two families is neither widened nor narrowed by an update that is about something else.</summary>
    private static bool UnchangedPreference(V1ServiceSpec spec, V1ServiceSpec? old) =>
        old is not null && spec.IpFamilyPolicy == "PreferDualStack" && old.IpFamilyPolicy == "PreferDualStack" && old.Type != "ExternalName"
        && Semantic.Equal(spec.ClusterIPs, old.ClusterIPs) && Semantic.Equal(spec.IpFamilies, old.IpFamilies);

    private static void Shrink(V1ServiceSpec spec, V1ServiceSpec old, FieldErrors errors)
    {
        if (spec.IpFamilyPolicy == "SingleStack")
        {
            if (spec.ClusterIPs is { Count: > 1 } ips && Semantic.Equal(ips, old.ClusterIPs)) spec.ClusterIPs = [ips[0]];
            if (spec.IpFamilies is { Count: > 1 } families && Semantic.Equal(families, old.IpFamilies)) spec.IpFamilies = [families[0]];
            return;
        }
        if (spec.ClusterIPs?.Count == 1 && old.ClusterIPs?.Count == 2) errors.Invalid(Policy, spec.IpFamilyPolicy, "must be 'SingleStack' to release the secondary cluster IP");
        if (spec.IpFamilies?.Count == 1 && old.IpFamilies?.Count == 2) errors.Invalid(Policy, spec.IpFamilyPolicy, "must be 'SingleStack' to release the secondary IP family");
    }

    private static void PolicyFits(V1ServiceSpec spec, FieldErrors errors)
    {
        if (spec.IpFamilyPolicy != "SingleStack") return;
        const string text = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";
        if (spec.ClusterIPs?.Count == 2) errors.Invalid(Policy, spec.IpFamilyPolicy, $"{text} cluster IPs are specified");
        if (spec.IpFamilies?.Count == 2) errors.Invalid(Policy, spec.IpFamilyPolicy, $"{text} IP families are specified");
    }

    private void InferFamilies(V1ServiceSpec spec, FieldErrors errors)
    {
        var ips = spec.ClusterIPs ?? [];
        for (var i = spec.IpFamilies?.Count ?? 0; i < ips.Count && ips[i] != ServiceTraits.None; i++)
        {
            var inferred = ServiceAddressValidation.FamilyOf(ips[i]);
            if (inferred == family) spec.IpFamilies = [.. spec.IpFamilies ?? [], inferred];
            else errors.Invalid(Spec.Child("clusterIPs").Index(i), GoJson.Strings(ips), $"{inferred} is not configured on this cluster");
        }
    }

    private void FillBare(V1ServiceSpec spec)
    {
        if (spec.IpFamilies is not { Count: > 0 }) spec.IpFamilies = [family];
        if (spec.IpFamilies.Count == 1 && spec.IpFamilyPolicy != "SingleStack") spec.IpFamilies = [spec.IpFamilies[0], spec.IpFamilies[0] == "IPv4" ? "IPv6" : "IPv4"];
    }

    private void Restrict(V1ServiceSpec spec, FieldErrors errors)
    {
        if (spec.IpFamilyPolicy == "RequireDualStack") errors.Invalid(Policy, spec.IpFamilyPolicy, "this cluster is not configured for dual-stack services");
        for (var i = 0; i < (spec.IpFamilies?.Count ?? 0); i++)
            if (spec.IpFamilies![i] != family) errors.Invalid(Spec.Child("ipFamilies").Index(i), spec.IpFamilies[i], "not configured on this cluster");
        if (spec.IpFamilies is not { Count: > 0 }) spec.IpFamilies = [family];
    }

    private static void ThrowIfAny(FieldErrors errors, V1Service service)
    {
        if (errors.Count > 0) throw ApiErrors.Invalid(Kinds.Services.GroupVersionKind, service.Metadata.Name ?? "", errors);
    }
}
