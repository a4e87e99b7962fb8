using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Services;

internal static class ServiceValidation
{
    private const int KubeletPort = 10250;
    private const string SourceRanges = "service.beta.kubernetes.io/load-balancer-source-ranges";
    private const string LoadBalancerOnly = "may only be used when `type` is 'LoadBalancer'";

    public static void Service(V1Service value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Root("spec"));
        TopologyAnnotations(value.Metadata, errors);
        if (spec.Ports is not { Count: > 0 } && !ServiceTraits.IsHeadless(spec) && spec.Type != "ExternalName") errors.Required(path.Child("ports"));
        TypeSpecific(spec, path, errors);
        ServicePortValidation.Each(spec.Ports ?? [], path.Child("ports"), errors);
        LabelRules.Labels(spec.Selector, path.Child("selector"), errors);
        SessionAffinity(spec, path, errors);
        ServiceAddressValidation.Fields(spec, errors);
        ExternalIPs(spec.ExternalIPs ?? [], path.Child("externalIPs"), errors);
        Type(spec.Type, path.Child("type"), errors);
        ServicePortValidation.Together(spec, path.Child("ports"), errors);
        Ranges(value, path, errors);
        LoadBalancerFields(spec, path, errors);
        TrafficPolicies(spec, path, errors);
    }

    private static void TopologyAnnotations(V1ObjectMeta metadata, FieldErrors errors)
    {
        const string old = "service.kubernetes.io/topology-aware-hints", mode = "service.kubernetes.io/topology-mode";
        if (metadata.Annotations is not { } a || !a.TryGetValue(old, out var hints) || !a.TryGetValue(mode, out var chosen) || hints == chosen) return;
        errors.Invalid(FieldPath.Root("metadata").Child("annotations").Key(mode), chosen, $"must match annotations[{old}] when both are specified");
    }

    private static void TypeSpecific(V1ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        switch (spec.Type)
        {
            case "LoadBalancer" or "NodePort":
                // Load balancers that open the firewall too wide would let the world in to the node agent.
                for (var i = 0; spec.Type == "LoadBalancer" && i < (spec.Ports?.Count ?? 0); i++)
                    if (spec.Ports![i].Port == KubeletPort) errors.Invalid(path.Child("ports").Index(i), KubeletPort, $"may not expose port {KubeletPort} externally since it is used by kubelet");
                if (ServiceTraits.IsHeadless(spec)) errors.Invalid(path.Child("clusterIPs").Index(0), ServiceTraits.None, $"may not be set to 'None' for {spec.Type} services");
                break;
            case "ExternalName":
                ExternalName(spec, path, errors);
                break;
        }
    }

    private static void ExternalName(V1ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        const string text = "may not be set for ExternalName services";
        if (spec.ClusterIPs is { Count: > 0 }) errors.Forbidden(path.Child("clusterIPs"), text);
        if (spec.IpFamilies is { Count: > 0 }) errors.Forbidden(path.Child("ipFamilies"), text);
        if (spec.IpFamilyPolicy is not null) errors.Forbidden(path.Child("ipFamilyPolicy"), text);
        var name = spec.ExternalName ?? "";
        if (name.EndsWith('.')) name = name[..^1];
        if (name.Length == 0) errors.Required(path.Child("externalName"));
        else errors.InvalidAll(path.Child("externalName"), name, NameRules.Dns1123Subdomain(name));
    }

    private static void SessionAffinity(V1ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(spec.SessionAffinity)) errors.Required(path.Child("sessionAffinity"));
        else if (spec.SessionAffinity is not ("ClientIP" or "None")) errors.NotSupported(path.Child("sessionAffinity"), spec.SessionAffinity, "ClientIP", "None");

        var config = path.Child("sessionAffinityConfig");
        if (spec.SessionAffinity == "None" && spec.SessionAffinityConfig is not null) errors.Forbidden(config, "must not be set when session affinity is None");
        if (spec.SessionAffinity != "ClientIP") return;
        const string missing = "when session affinity type is ClientIP";
        const int maximum = 24 * 60 * 60;
        if (spec.SessionAffinityConfig is null) errors.Required(config, missing);
        else if (spec.SessionAffinityConfig.ClientIP is null) errors.Required(config.Child("clientIP"), missing);
        else if (spec.SessionAffinityConfig.ClientIP.TimeoutSeconds is not { } timeout) errors.Required(config.Child("clientIP", "timeoutSeconds"), missing);
        else if (timeout is <= 0 or > maximum) errors.Invalid(config.Child("clientIP", "timeoutSeconds"), timeout, $"must be greater than 0 and less than {maximum}");
    }

    private static void ExternalIPs(IList<string> addresses, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < addresses.Count; i++)
        {
            var faults = ValueRules.Ip(addresses[i]);
            if (faults.Count > 0) errors.InvalidAll(path.Index(i), addresses[i], faults);
            else Rules.NonSpecialIp(addresses[i], path.Index(i), errors);
        }
    }

    private static void Type(string? type, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(type)) errors.Required(path);
        else if (type is not ("ClusterIP" or "ExternalName" or "LoadBalancer" or "NodePort")) errors.NotSupported(path, type, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
    }

    /// <summary>Who may reach a load balancer: a field, or the annotation that came before it.</summary>
    private static void Ranges(V1Service value, FieldPath path, FieldErrors errors)
    {
        if (value.Spec.LoadBalancerSourceRanges is { Count: > 0 } ranges)
        {
            var at = path.Child("loadBalancerSourceRanges");
            if (value.Spec.Type != "LoadBalancer") errors.Forbidden(at, LoadBalancerOnly);
            for (var i = 0; i < ranges.Count; i++) errors.InvalidAll(at.Index(i), ranges[i].Trim(), ValueRules.Cidr(ranges[i].Trim()));
        }
        else if (value.Metadata.Annotations is { } annotations && annotations.TryGetValue(SourceRanges, out var text))
        {
            var at = FieldPath.Root("metadata").Child("annotations").Key(SourceRanges);
            if (value.Spec.Type != "LoadBalancer") errors.Forbidden(at, LoadBalancerOnly);
            foreach (var range in text.Trim().Length == 0 ? [] : text.Split(',')) errors.InvalidAll(at, range.Trim(), ValueRules.Cidr(range.Trim()));
        }
    }

    private static void LoadBalancerFields(V1ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        var balanced = spec.Type == "LoadBalancer";
        if (spec.AllocateLoadBalancerNodePorts is not null && !balanced) errors.Forbidden(path.Child("allocateLoadBalancerNodePorts"), LoadBalancerOnly);
        if (spec.AllocateLoadBalancerNodePorts is null && balanced) errors.Required(FieldPath.Root("allocateLoadBalancerNodePorts"));
        if (spec.LoadBalancerClass is not { } name) return;
        if (balanced) Rules.QualifiedName(name, path.Child("loadBalancerClass"), errors);
        else errors.Forbidden(path.Child("loadBalancerClass"), LoadBalancerOnly);
    }

    private static void TrafficPolicies(V1ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        External(spec, path.Child("externalTrafficPolicy"), errors);
        HealthCheck(spec, path.Child("healthCheckNodePort"), errors);
        var inside = path.Child("internalTrafficPolicy");
        if (spec.InternalTrafficPolicy is null && ServiceTraits.NeedsClusterIP(spec)) errors.Required(inside);
        if (spec.InternalTrafficPolicy is not (null or "Cluster" or "Local")) errors.NotSupported(inside, spec.InternalTrafficPolicy, "Cluster", "Local");
        if (spec.TrafficDistribution is not (null or "PreferClose" or "PreferSameNode" or "PreferSameZone"))
            errors.NotSupported(path.Child("trafficDistribution"), spec.TrafficDistribution, "PreferClose", "PreferSameNode", "PreferSameZone");
    }

    private static void External(V1ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        var policy = spec.ExternalTrafficPolicy ?? "";
        if (!ServiceTraits.IsExternallyAccessible(spec))
        {
            if (policy.Length > 0) errors.Invalid(path, policy, "may only be set for externally-accessible services");
        }
        else if (policy.Length == 0) errors.Required(path);
        else if (policy is not ("Cluster" or "Local")) errors.NotSupported(path, policy, "Cluster", "Local");
    }

    private static void HealthCheck(V1ServiceSpec spec, FieldPath path, FieldErrors errors)
    {
        var port = spec.HealthCheckNodePort ?? 0;
        if (!ServiceTraits.NeedsHealthCheck(spec))
        {
            if (port != 0) errors.Invalid(path, port, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'");
        }
        else if (port == 0) errors.Required(path);
        else errors.InvalidAll(path, port, ValueRules.PortNumber(port));
    }
}
