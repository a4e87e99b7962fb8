using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core;

internal static class NodeValidation
{
    private const string KeepCidrText = "node updates may not change podCIDR except from \"\" to valid";

    public static void Node(V1Node value, FieldErrors errors)
    {
        Taints(value.Spec.Taints ?? [], FieldPath.Root("metadata").Child("taints"), errors);
        Resources(value, errors);
        PodCidrs(value.Spec.PodCIDRs ?? [], FieldPath.Root("spec").Child("podCIDRs"), errors);
    }

    public static void Update(V1Node value, V1Node old, FieldErrors errors)
    {
        var spec = FieldPath.Root("spec");
        Addresses(value.Status?.Addresses ?? [], FieldPath.Root("status").Child("addresses"), errors);
        if (old.Spec.PodCIDRs is { Count: > 0 } cidrs && !Semantic.Equal(cidrs, value.Spec.PodCIDRs)) errors.Forbidden(spec.Child("podCIDRs"), KeepCidrText);
        if (!string.IsNullOrEmpty(old.Spec.ProviderID) && old.Spec.ProviderID != value.Spec.ProviderID)
            errors.Forbidden(spec.Child("providerID"), "node updates may not change providerID except from \"\" to valid");
        if ((value.Spec.ExternalID ?? "") != (old.Spec.ExternalID ?? "")) errors.Forbidden(spec.Child("externalID"), "may not be updated");
    }

    public static void Resources(V1Node value, FieldErrors errors)
    {
        var status = FieldPath.Root("status");
        Quantities(value.Status?.Capacity, status.Child("capacity"), errors);
        Quantities(value.Status?.Allocatable, status.Child("allocatable"), errors);
    }

    private static void Quantities(IDictionary<string, ResourceQuantity>? quantities, FieldPath path, FieldErrors errors)
    {
        foreach (var (name, quantity) in (quantities ?? new Dictionary<string, ResourceQuantity>()).OrderBy(q => q.Key, StringComparer.Ordinal))
        {
            if (quantity is null) continue;
            var number = quantity.ToDecimal();
            if (number < 0) errors.Invalid(path.Child(name), quantity.ToString(), "must be greater than or equal to 0");
            if (IsCount(name) && number != decimal.Truncate(number)) errors.Invalid(path.Child(name), quantity.ToString(), "must be an integer");
        }
    }

    /// <summary>Pods and everything that is named after a vendor come in whole numbers.</summary>
    private static bool IsCount(string name) => name == "pods" || (name.Contains('/', StringComparison.Ordinal) && !name.Contains("kubernetes.io/", StringComparison.Ordinal));

    // Upstream reports taints under metadata, where they once were an annotation.
    private static void Taints(IList<V1Taint> taints, FieldPath path, FieldErrors errors)
    {
        var seen = new HashSet<(string, string)>();
        for (var i = 0; i < taints.Count; i++)
        {
            var (taint, at) = (taints[i], path.Index(i));
            var (key, text, effect) = (taint.Key ?? "", taint.Value ?? "", taint.Effect ?? "");
            LabelRules.LabelName(key, at.Child("key"), errors);
            if (NameRules.LabelValue(text) is { Count: > 0 } faults) errors.Invalid(at.Child("value"), text, string.Join(';', faults));
            if (effect.Length == 0) errors.Required(at.Child("effect"));
            else if (effect is not ("NoSchedule" or "PreferNoSchedule" or "NoExecute")) errors.NotSupported(at.Child("effect"), effect, "NoSchedule", "PreferNoSchedule", "NoExecute");
            if (!seen.Add((effect, key))) errors.Duplicate(at, Shown(taint), "taints must be unique by key and effect pair");
        }
    }

    private static GoJson Shown(V1Taint taint) => GoJson.Fields(
        ("Key", GoJson.Text(taint.Key ?? "")), ("Value", GoJson.Text(taint.Value ?? "")), ("Effect", GoJson.Text(taint.Effect ?? "")),
        ("TimeAdded", GoJson.Text(taint.TimeAdded?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture))));

    private static void PodCidrs(IList<string> cidrs, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < cidrs.Count; i++) errors.InvalidAll(path.Index(i), cidrs[i], ValueRules.Cidr(cidrs[i]));
        if (cidrs.Count < 2) return;
        var families = cidrs.Select(c => c.Contains(':', StringComparison.Ordinal)).Distinct().Count();
        if (families < 2 || cidrs.Count > 2) errors.Invalid(path, GoJson.Strings(cidrs), "may specify no more than one CIDR for each IP family");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < cidrs.Count; i++)
            if (!seen.Add(cidrs[i])) errors.Duplicate(path.Index(i), cidrs[i]);
    }

    private static void Addresses(IList<V1NodeAddress> addresses, FieldPath path, FieldErrors errors)
    {
        var seen = new HashSet<(string?, string?)>();
        for (var i = 0; i < addresses.Count; i++)
        {
            var a = addresses[i];
            if (!seen.Add((a.Type, a.Address))) errors.Duplicate(path.Index(i), GoJson.Fields(("Type", GoJson.Text(a.Type)), ("Address", GoJson.Text(a.Address))));
        }
    }
}
