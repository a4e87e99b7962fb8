using System.Net.Sockets;
using Coxswain.Api;
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
        if (ServiceTraits.IsHeadless(spec)) Headless(spec, warnings);
        else for (var i = 0; i < (spec.ClusterIPs?.Count ?? 0); i++) Address(spec.ClusterIPs![i], $"spec.clusterIPs[{i}]", warnings);
        for (var i = 0; i < (spec.ExternalIPs?.Count ?? 0); i++) Address(spec.ExternalIPs![i], $"spec.externalIPs[{i}]", warnings);
        if (!string.IsNullOrEmpty(spec.LoadBalancerIP)) Address(spec.LoadBalancerIP, "spec.loadBalancerIP", warnings);
        if (spec.Type == "ExternalName" && spec.ExternalIPs is { Count: > 0 }) warnings.Add("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
        if (spec.Type != "ExternalName" && !string.IsNullOrEmpty(spec.ExternalName)) warnings.Add("spec.externalName is ignored when spec.type is not \"ExternalName\"");
    }

    private static void Headless(V1ServiceSpec spec, List<string> warnings)
    {
        if (!string.IsNullOrEmpty(spec.LoadBalancerIP)) warnings.Add("spec.loadBalancerIP is ignored for headless services");
        if (spec.ExternalIPs is { Count: > 0 }) warnings.Add("spec.externalIPs is ignored for headless services");
        if (spec.SessionAffinity != "None") warnings.Add("spec.SessionAffinity is ignored for headless services");
    }

    /// <summary>Two spellings of one address make controllers fight over which is right.</summary>
    private static void Address(string text, string field, List<string> warnings)
    {
        if (ValueRules.ParseIp(text) is not { AddressFamily: AddressFamily.InterNetworkV6 } ip || ip.ToString() == text) return;
        warnings.Add($"{field}: IPv6 address {GoText.Quote(text)} is not in RFC 5952 canonical format ({GoText.Quote(ip.ToString())}), which may cause controller apply-loops");
    }
}
