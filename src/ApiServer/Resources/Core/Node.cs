using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

internal sealed class Node : ResourceDefinition<V1Node>
{
    public override ResourceType<V1Node> Type => Kinds.Nodes;

    public override bool HasStatus => true;

    public override IReadOnlyList<string> SelectableFields { get; } = ["spec.unschedulable"];

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        new("Name", Format: "name"), new("Status"), new("Roles"), new("Age"), new("Version"),
        new("Internal-IP", Priority: 1), new("External-IP", Priority: 1), new("OS-Image", Priority: 1), new("Kernel-Version", Priority: 1), new("Container-Runtime", Priority: 1),
    ];

    protected override void Default(V1Node value)
    {
        value.Spec ??= new V1NodeSpec();
        OneListOfCidrs(value.Spec);
        value.Status ??= new V1NodeStatus();
        value.Status.DaemonEndpoints ??= new V1NodeDaemonEndpoints();
        value.Status.DaemonEndpoints.KubeletEndpoint ??= new V1DaemonEndpoint();
        value.Status.NodeInfo ??= new V1NodeSystemInfo();
        NodeInfoText(value.Status.NodeInfo);
        if (value.Status.Allocatable is null && value.Status.Capacity is { Count: > 0 } capacity)
            value.Status.Allocatable = new Dictionary<string, ResourceQuantity>(capacity);
    }

    /// <summary>The older single field wins over the list when they differ.</summary>
    private static void OneListOfCidrs(V1NodeSpec spec)
    {
        if (!string.IsNullOrEmpty(spec.PodCIDR))
        {
            if (spec.PodCIDRs is not { Count: > 0 } cidrs || cidrs[0] != spec.PodCIDR) spec.PodCIDRs = [spec.PodCIDR];
        }
        else if (spec.PodCIDRs is { Count: > 0 } cidrs)
        {
            spec.PodCIDR = cidrs[0];
        }
    }

    protected override void Validate(V1Node value, FieldErrors errors) => NodeValidation.Node(value, errors);

    protected override void ValidateUpdate(V1Node value, V1Node old, FieldErrors errors) => NodeValidation.Update(value, old, errors);

    protected override void ValidateStatusUpdate(V1Node value, V1Node old, FieldErrors errors)
    {
        NodeValidation.Resources(value, errors);
        NodeValidation.Update(value, old, errors);
    }

    protected override void PrepareForUpdate(V1Node value, V1Node old) => value.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1Node value, V1Node old) => value.Spec = old.Spec;

    protected override string? FieldValue(V1Node value, string field) => value.Spec?.Unschedulable == true ? "true" : "false";

    protected override object?[] Row(V1Node value, DateTime now)
    {
        var info = value.Status?.NodeInfo;
        return
        [
            value.Metadata.Name, StatusText(value), Roles(value), TableCells.Age(value.Metadata, now), info?.KubeletVersion ?? "",
            Address(value, "InternalIP"), Address(value, "ExternalIP"), OrUnknown(info?.OsImage), OrUnknown(info?.KernelVersion), OrUnknown(info?.ContainerRuntimeVersion),
        ];
    }

    private static string StatusText(V1Node value)
    {
        var ready = value.Status?.Conditions?.LastOrDefault(c => c.Type == "Ready");
        var text = ready is null ? "Unknown" : ready.Status == "True" ? "Ready" : "NotReady";
        return value.Spec?.Unschedulable == true ? $"{text},SchedulingDisabled" : text;
    }

    private static string Roles(V1Node value)
    {
        const string prefix = "node-role.kubernetes.io/";
        var roles = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (key, label) in value.Metadata.Labels ?? new Dictionary<string, string>())
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal) && key.Length > prefix.Length) roles.Add(key[prefix.Length..]);
            else if (key == "kubernetes.io/role" && label.Length > 0) roles.Add(label);
        }
        return SelectorText.OrNone(string.Join(',', roles));
    }

    private static string Address(V1Node value, string type) => value.Status?.Addresses?.FirstOrDefault(a => a.Type == type)?.Address ?? "<none>";

    private static string OrUnknown(string? text) => string.IsNullOrEmpty(text) ? "<unknown>" : text;

    /// <summary>Upstream always writes these, even when empty.</summary>
    private static void NodeInfoText(V1NodeSystemInfo info)
    {
        info.Architecture ??= "";
        info.BootID ??= "";
        info.ContainerRuntimeVersion ??= "";
        info.KernelVersion ??= "";
        info.KubeProxyVersion ??= "";
        info.KubeletVersion ??= "";
        info.MachineID ??= "";
        info.OperatingSystem ??= "";
        info.OsImage ??= "";
        info.SystemUUID ??= "";
    }
}
