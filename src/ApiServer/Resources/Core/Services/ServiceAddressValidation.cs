using System.Net.Sockets;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Services;

/// <summary>clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy: that they agree, and what of them may change.</summary>
internal static class ServiceAddressValidation
{
    private static readonly FieldPath Spec = FieldPath.Root("spec");
    private static readonly FieldPath ClusterIPs = Spec.Child("clusterIPs");
    private static readonly FieldPath Families = Spec.Child("ipFamilies");
    private static readonly FieldPath Policy = Spec.Child("ipFamilyPolicy");

    public static void Fields(V1ServiceSpec spec, FieldErrors errors)
    {
        if (spec.Type == "ExternalName") return;
        var (ip, ips, families) = (spec.ClusterIP ?? "", spec.ClusterIPs ?? [], spec.IpFamilies ?? []);
        if (ip.Length > 0 && ips.Count == 0) errors.Required(ClusterIPs);
        else if (ip.Length > 0 && ips[0] != ip) errors.Invalid(ClusterIPs, GoJson.Strings(ips), "first value must match `clusterIP`");
        else if (ip.Length == 0 && ips.Count > 0) errors.Invalid(ClusterIPs, GoJson.Strings(ips), "must be empty when `clusterIP` is not specified");

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < families.Count; i++)
        {
            if (families[i] is not ("IPv4" or "IPv6")) errors.NotSupported(Families.Index(i), families[i], "IPv4", "IPv6");
            if (!seen.Add(families[i])) errors.Duplicate(Families.Index(i), families[i]);
        }
        if (spec.IpFamilyPolicy is not (null or "SingleStack" or "PreferDualStack" or "RequireDualStack"))
            errors.NotSupported(Policy, spec.IpFamilyPolicy, "PreferDualStack", "RequireDualStack", "SingleStack");
        if (WellFormed(ips, errors)) Matching(spec, ips, families, errors);
    }

    private static bool WellFormed(IList<string> ips, FieldErrors errors)
    {
        var before = errors.Count;
        for (var i = 0; i < ips.Count; i++)
        {
            if (i > 0 || ips[i] != ServiceTraits.None) errors.InvalidAll(ClusterIPs.Index(i), ips[i], ValueRules.Ip(ips[i]));
            else if (ips.Count > 1) errors.Invalid(ClusterIPs, GoJson.Strings(ips), "'None' must be the first and only value");
        }
        var good = errors.Count == before;
        if (ips.Count > 2) errors.Invalid(ClusterIPs, GoJson.Strings(ips), "may only hold up to 2 values");
        return good;
    }

    private static void Matching(V1ServiceSpec spec, IList<string> ips, IList<string> families, FieldErrors errors)
    {
        if (ips.Count > 1 && ips.Select(FamilyOf).Distinct().Count() < 2) errors.Invalid(ClusterIPs, GoJson.Strings(ips), "may specify no more than one IP for each IP family");
        if (ServiceTraits.IsHeadless(spec)) return;
        for (var i = 0; i < ips.Count && i < families.Count; i++)
            if (families[i] is "IPv4" or "IPv6" && FamilyOf(ips[i]) != families[i])
                errors.Invalid(ClusterIPs.Index(i), ips[i], $"expected an {families[i]} value as indicated by `ipFamilies[{i}]`");
    }

    public static string FamilyOf(string ip) => ValueRules.ParseIp(ip)?.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";

    /// <summary>Clients keep addresses for as long as they run: the first one stays while the Service has addresses at all.</summary>
    public static void Update(V1ServiceSpec spec, V1ServiceSpec old, FieldErrors errors)
    {
        if (spec.Type == "ExternalName" || old.Type == "ExternalName") return;
        var (headless, wasHeadless) = (ServiceTraits.IsHeadless(spec), ServiceTraits.IsHeadless(old));
        if (!headless || !wasHeadless) ClusterIPsUpdate(spec, old.ClusterIPs ?? [], errors);
        if (!headless && !wasHeadless) FamiliesUpdate(spec, old.IpFamilies ?? [], errors);
    }

    private static void ClusterIPsUpdate(V1ServiceSpec spec, IList<string> old, FieldErrors errors)
    {
        const string once = "may not change once set";
        var ips = spec.ClusterIPs ?? [];
        if (old.Count == ips.Count)
        {
            for (var i = 0; i < ips.Count; i++)
                if (ips[i] != old[i]) errors.Invalid(ClusterIPs.Index(i), GoJson.Strings(ips), once);
            return;
        }
        if (ips.Count == 0) errors.Invalid(ClusterIPs.Index(0), GoJson.Strings(spec.ClusterIPs), "primary clusterIP can not be unset");
        else if (old.Count > 0 && ips[0] != old[0]) errors.Invalid(ClusterIPs.Index(0), GoJson.Strings(ips), once);
        if (old.Count > ips.Count && ips.Count == 1 && spec.IpFamilyPolicy != "SingleStack")
            errors.Invalid(Policy, spec.IpFamilyPolicy ?? "null", "must be set to 'SingleStack' when releasing the secondary clusterIP");
    }

    private static void FamiliesUpdate(V1ServiceSpec spec, IList<string> old, FieldErrors errors)
    {
        const string once = "may not change once set";
        var families = spec.IpFamilies ?? [];
        if (old.Count == families.Count)
        {
            for (var i = 0; i < families.Count; i++)
                if (families[i] != old[i]) errors.Invalid(Families.Index(0), GoJson.Strings(families), once);
            return;
        }
        if (old.Count > families.Count && spec.ClusterIPs is not { Count: > 0 }) errors.Invalid(Families.Index(0), GoJson.Strings(spec.IpFamilies), "primary ipFamily can not be unset");
        if (old.Count > 0 && families.Count > 0 && families[0] != old[0]) errors.Invalid(Families.Index(0), GoJson.Strings(spec.ClusterIPs), once);
        if (old.Count > families.Count && families.Count == 1 && spec.IpFamilyPolicy != "SingleStack")
            errors.Invalid(Policy, spec.IpFamilyPolicy ?? "null", "must be set to 'SingleStack' when releasing the secondary ipFamily");
    }
}
