using Coxswain.Api;
using Coxswain.ApiServer.Resources.Core.Services;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

internal sealed class Service : ResourceDefinition<V1Service>
{
    public override ResourceType<V1Service> Type => Kinds.Services;

    public override bool ReturnsDeletedObject => true;

    public override bool HasStatus => true;

    public override bool AllowCreateOnUpdate => true;

    public override IReadOnlyList<string> SelectableFields { get; } = ["spec.clusterIP", "spec.type"];

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        new("Name", Format: "name"), new("Type"), new("Cluster-IP"), new("External-IP"), new("Port(s)"), new("Age"), new("Selector", Priority: 1),
    ];

    protected override void Default(V1Service value)
    {
        value.Status ??= new V1ServiceStatus();
        value.Status.LoadBalancer ??= new V1LoadBalancerStatus();
        var spec = value.Spec ??= new V1ServiceSpec();
        if (string.IsNullOrEmpty(spec.SessionAffinity)) spec.SessionAffinity = "None";
        if (spec.SessionAffinity == "None") spec.SessionAffinityConfig = null;
        if (spec.SessionAffinity == "ClientIP")
        {
            spec.SessionAffinityConfig ??= new V1SessionAffinityConfig();
            spec.SessionAffinityConfig.ClientIP ??= new V1ClientIPConfig();
            spec.SessionAffinityConfig.ClientIP.TimeoutSeconds ??= 10800;
        }
        if (string.IsNullOrEmpty(spec.Type)) spec.Type = "ClusterIP";
        foreach (var port in spec.Ports ?? []) DefaultPort(port);
        if (ServiceTraits.IsExternallyAccessible(spec) && string.IsNullOrEmpty(spec.ExternalTrafficPolicy)) spec.ExternalTrafficPolicy = "Cluster";
        if (ServiceTraits.NeedsClusterIP(spec)) spec.InternalTrafficPolicy ??= "Cluster";
        if (spec.Type != "LoadBalancer") return;
        spec.AllocateLoadBalancerNodePorts ??= true;
        foreach (var point in value.Status.LoadBalancer.Ingress ?? [])
            if (!string.IsNullOrEmpty(point.Ip)) point.IpMode ??= "VIP";
    }

    private static void DefaultPort(V1ServicePort port)
    {
        if (string.IsNullOrEmpty(port.Protocol)) port.Protocol = "TCP";
        if (port.TargetPort?.Value is null or "" || (port.TargetPort.TryGetInt(out var number) && number == 0)) port.TargetPort = port.Port;
    }

    protected override void PrepareForCreate(V1Service value) => value.Status = new V1ServiceStatus { LoadBalancer = new V1LoadBalancerStatus() };

    protected override void PrepareForUpdate(V1Service value, V1Service old)
    {
        value.Status = old.Status;
        ServiceUpdates.DropOfOldType(value.Spec, old.Spec);
    }

    protected override void PrepareForStatusUpdate(V1Service value, V1Service old) => value.Spec = old.Spec;

    public override IReadOnlyList<string> ValidateName(string name, bool prefix) => NameRules.Dns1123Label(prefix ? NameRules.WithoutTrailingDash(name) : name);

    protected override void Validate(V1Service value, FieldErrors errors) => ServiceValidation.Service(value, errors);

    protected override void ValidateUpdate(V1Service value, V1Service old, FieldErrors errors)
    {
        ServiceAddressValidation.Update(value.Spec, old.Spec, errors);
        if (value.Spec.Type == "LoadBalancer" && old.Spec.Type == "LoadBalancer" && value.Spec.LoadBalancerClass != old.Spec.LoadBalancerClass)
            errors.Invalid(FieldPath.Root("spec").Child("loadBalancerClass"), value.Spec.LoadBalancerClass ?? "null", "may not change once set");
        if (ServiceTraits.NeedsHealthCheck(value.Spec) && ServiceTraits.NeedsHealthCheck(old.Spec) && value.Spec.HealthCheckNodePort != old.Spec.HealthCheckNodePort)
            errors.Forbidden(FieldPath.Root("spec").Child("healthCheckNodePort"), Rules.ImmutableText);
    }

    protected override void ValidateStatusUpdate(V1Service value, V1Service old, FieldErrors errors) => LoadBalancerStatusValidation.Status(value, errors);

    protected override void Warnings(V1Service value, V1Service? old, List<string> warnings) => ServiceWarnings.Collect(value, warnings);

    protected override string? FieldValue(V1Service value, string field) => (field == "spec.type" ? value.Spec.Type : value.Spec.ClusterIP) ?? "";

    protected override object?[] Row(V1Service value, DateTime now) =>
    [
        value.Metadata.Name, value.Spec.Type, value.Spec.ClusterIPs is { Count: > 0 } ips ? ips[0] : "<none>", ExternalIP(value), Ports(value.Spec),
        TableCells.Age(value.Metadata, now), SelectorText.OrNone(SelectorText.Format(value.Spec.Selector)),
    ];

    private static string Ports(V1ServiceSpec spec) =>
        SelectorText.OrNone(string.Join(',', (spec.Ports ?? []).Select(p => p.NodePort is null or 0 ? $"{p.Port}/{p.Protocol}" : $"{p.Port}:{p.NodePort}/{p.Protocol}")));

    private static string ExternalIP(V1Service value)
    {
        var external = value.Spec.ExternalIPs ?? [];
        switch (value.Spec.Type)
        {
            case "ClusterIP" or "NodePort":
                return SelectorText.OrNone(string.Join(',', external));
            case "LoadBalancer":
                var ingress = (value.Status?.LoadBalancer?.Ingress ?? []).Select(i => string.IsNullOrEmpty(i.Ip) ? i.Hostname : i.Ip)
                    .Where(i => !string.IsNullOrEmpty(i)).Distinct().Order(StringComparer.Ordinal);
                var all = string.Join(',', ingress.Concat(external));
                return all.Length == 0 ? "<pending>" : all;
            case "ExternalName":
                return value.Spec.ExternalName ?? "";
            default:
                return "<unknown>";
        }
    }
}
