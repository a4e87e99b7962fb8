using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Services;

internal static class LoadBalancerStatusValidation
{
    public static void Status(V1Service value, FieldErrors errors)
    {
        var ingress = value.Status?.LoadBalancer?.Ingress ?? [];
        var path = FieldPath.Root("status").Child("loadBalancer", "ingress");
        if (value.Spec.Type != "LoadBalancer" && ingress.Count > 0) errors.Forbidden(path, "may only be used when `spec.type` is \"LoadBalancer\"");
        for (var i = 0; i < ingress.Count; i++) Point(ingress[i], path.Index(i), errors);
    }

    private static void Point(V1LoadBalancerIngress point, FieldPath path, FieldErrors errors)
    {
        var (hasIp, mode) = (!string.IsNullOrEmpty(point.Ip), path.Child("ipMode"));
        if (hasIp) errors.InvalidAll(path.Child("ip"), point.Ip, ValueRules.Ip(point.Ip));
        if (hasIp && point.IpMode is null) errors.Required(mode, "must be specified when `ip` is set");
        else if (!hasIp && point.IpMode is not null) errors.Forbidden(mode, "may not be specified when `ip` is not set");
        else if (point.IpMode is not (null or "VIP" or "Proxy")) errors.NotSupported(mode, point.IpMode, "Proxy", "VIP");
        if (string.IsNullOrEmpty(point.Hostname)) return;
        errors.InvalidAll(path.Child("hostname"), point.Hostname, NameRules.Dns1123Subdomain(point.Hostname));
        if (ValueRules.ParseIp(point.Hostname) is not null) errors.Invalid(path.Child("hostname"), point.Hostname, "must be a DNS name, not an IP address");
    }
}
