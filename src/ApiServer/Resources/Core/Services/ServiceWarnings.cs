using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Services;

internal static class ServiceWarnings
{
    public static void Collect(V1Service value, List<string> warnings)
    {
        var spec = value.Spec;
        const string hints = "service.kubernetes.io/topology-aware-hints";
        if (value.Metadata.Annotations?.ContainsKey(hints) == true)
            warnings.Add($"annotation {hints} is deprecated, please use service.kubernetes.io/topology-mode instead");
        if (!ServiceTraits.IsHeadless(spec)) Each(spec.ClusterIPs, "spec.clusterIPs", AddressWarnings.Ip, warnings);
        else if (spec.Type == "ClusterIP") Headless(spec, warnings);
        if (spec.ExternalIPs is { Count: > 0 }) warnings.Add("spec.externalIPs is deprecated");
        Each(spec.ExternalIPs, "spec.externalIPs", AddressWarnings.Ip, warnings);
        if (!string.IsNullOrEmpty(spec.LoadBalancerIP)) AddressWarnings.Ip(spec.LoadBalancerIP, "spec.loadBalancerIP", warnings);
        Each(spec.LoadBalancerSourceRanges, "spec.loadBalancerSourceRanges", AddressWarnings.Cidr, warnings);
        if (spec.Type == "ExternalName" && spec.ExternalIPs is { Count: > 0 }) warnings.Add("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
        if (spec.Type != "ExternalName" && !string.IsNullOrEmpty(spec.ExternalName)) warnings.Add("spec.externalName is ignored when spec.type is not \"ExternalName\"");
        if (spec.TrafficDistribution == "PreferClose") warnings.Add("spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"");
    }

    private static void Headless(V1ServiceSpec spec, List<string> warnings)
    {
        if (!string.IsNullOrEmpty(spec.LoadBalancerIP)) warnings.Add("spec.loadBalancerIP is ignored for headless services");
        if (spec.ExternalIPs is { Count: > 0 }) warnings.Add("spec.externalIPs is ignored for headless services");
        if (spec.SessionAffinity != "None") warnings.Add("spec.SessionAffinity is ignored for headless services");
    }

    private static void Each(IList<string>? values, string field, Action<string, string, List<string>> check, List<string> warnings)
    {
        for (var i = 0; i < (values?.Count ?? 0); i++) check(values![i], $"{field}[{i}]", warnings);
    }
}
