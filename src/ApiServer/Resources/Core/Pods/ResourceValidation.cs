using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Requests and limits: known names, no negative amounts, no request above its limit.</summary>
internal static class ResourceValidation
{
    private static readonly string[] OfContainers = ["cpu", "memory", "ephemeral-storage"];
    private static readonly HashSet<string> Standard = new(StringComparer.Ordinal)
    {
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage", "pods",
        "resourcequotas", "services", "replicationcontrollers", "secrets", "persistentvolumeclaims", "configmaps", "services.nodeports", "services.loadbalancers", "requests.storage",
        "storage",
    };

    private delegate void NameRule(string name, FieldPath path, FieldErrors errors);

    public static void Container(V1ResourceRequirements? resources, IReadOnlySet<string> claims, FieldPath path, FieldErrors errors)
    {
        if (resources is null) return;
        Lists(resources, ContainerName, path, errors);
        for (var i = 0; i < (resources.Claims?.Count ?? 0); i++)
        {
            var (name, at) = (resources.Claims![i].Name ?? "", path.Child("claims").Index(i).Child("name"));
            if (name.Length == 0) errors.Required(at);
            else if (!claims.Contains(name)) errors.NotFound(at, name);
        }
    }

    /// <summary>What the whole Pod asks for must cover what its containers ask for.</summary>
    public static void Pod(V1PodSpec spec, FieldPath path, FieldErrors errors)
    {
        if (spec.Resources is not { } resources) return;
        if (resources.Claims is { Count: > 0 }) errors.Forbidden(path.Child("claims"), "claims cannot be set for Resources at pod-level");
        Lists(resources, PodName, path, errors);
        var asked = PodResources.ContainerRequests(spec);
        foreach (var (name, amount) in Ordered(resources.Requests))
        {
            var together = asked.GetValueOrDefault(name);
            if (together > amount.ToQuantity()) errors.Invalid(path.Child("requests").Key(name), amount.ToQuantity().ToString(), $"must be greater than or equal to aggregate container requests of {together}");
        }
    }

    /// <summary>A bare list, such as a Pod's overhead.</summary>
    public static void List(IDictionary<string, ResourceQuantity> list, FieldPath path, FieldErrors errors)
    {
        foreach (var (name, amount) in Ordered(list))
        {
            ContainerName(name, path.Key(name), errors);
            Amount(name, amount.ToQuantity(), path.Key(name), errors);
        }
    }

    /// <summary>The names that only quotas know are standard too; <c>count/RESOURCE</c> counts as fully qualified.</summary>
    public static void QuotaName(string name, FieldPath path, FieldErrors errors)
    {
        Known(name, path, errors);
        if (!name.Contains('/') && !IsStandardForQuota(name)) errors.Invalid(path, name, "must be a standard resource for quota");
    }

    public static bool IsStandardForQuota(string name) => (Standard.Contains(name) && name != "storage") || QuotaNames.IsHugePages(name);

    public static void ResizePolicy(IList<V1ContainerResizePolicy>? policies, string? restartPolicy, FieldPath path, FieldErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (policies?.Count ?? 0); i++)
        {
            var (resource, policy) = (policies![i].ResourceName ?? "", policies[i].RestartPolicy ?? "");
            if (!seen.Add(resource)) errors.Duplicate(path.Index(i), resource);
            PodSpecValidation.OneOf(resource, path, errors, "cpu", "memory");
            PodSpecValidation.OneOf(policy, path, errors, "NotRequired", "RestartContainer");
            if (restartPolicy == "Never" && policy != "NotRequired") errors.Invalid(path, policy, "must be 'NotRequired' when `restartPolicy` is 'Never'");
        }
    }

    private static void Lists(V1ResourceRequirements resources, NameRule rule, FieldPath path, FieldErrors errors)
    {
        var (limits, requests) = (path.Child("limits"), path.Child("requests"));
        foreach (var (name, amount) in Ordered(resources.Limits))
        {
            rule(name, limits.Key(name), errors);
            Amount(name, amount.ToQuantity(), limits.Key(name), errors);
        }
        foreach (var (name, amount) in Ordered(resources.Requests))
        {
            rule(name, requests.Key(name), errors);
            Amount(name, amount.ToQuantity(), requests.Key(name), errors);
            Against(name, amount.ToQuantity(), resources.Limits, limits, requests, errors);
        }
        var all = Ordered(resources.Limits).Concat(Ordered(resources.Requests)).Select(p => p.Key).ToList();
        if (all.Any(IsHugePages) && !all.Any(n => n is "cpu" or "memory")) errors.Forbidden(path, "HugePages require cpu or memory");
    }

    private static void Against(string name, Quantity request, IDictionary<string, ResourceQuantity>? limits, FieldPath limitsPath, FieldPath requestsPath, FieldErrors errors)
    {
        var mayExceed = IsNative(name) && !IsHugePages(name);
        if (limits is null || !limits.TryGetValue(name, out var found))
        {
            if (!mayExceed) errors.Required(limitsPath, "Limit must be set for non overcommitable resources");
            return;
        }
        var limit = found.ToQuantity();
        if (request != limit && !mayExceed) errors.Invalid(requestsPath, request.ToString(), $"must be equal to {name} limit of {limit}");
        else if (request > limit) errors.Invalid(requestsPath, request.ToString(), $"must be less than or equal to {name} limit of {limit}");
    }

    public static void Amount(string name, Quantity amount, FieldPath path, FieldErrors errors)
    {
        if (amount.Sign < 0) errors.Invalid(path, amount.ToString(), "must be greater than or equal to 0");
        if ((IsExtended(name) || Standard.Contains(name) && IsCount(name)) && amount.MilliValue % 1000 != 0) errors.Invalid(path, amount.ToString(), "must be an integer");
    }

    private static bool IsCount(string name) => name is "pods" or "resourcequotas" or "services" or "replicationcontrollers" or "secrets" or "persistentvolumeclaims"
        or "configmaps" or "services.nodeports" or "services.loadbalancers";

    private static void ContainerName(string name, FieldPath path, FieldErrors errors)
    {
        if (!Known(name, path, errors)) return;
        if (!name.Contains('/'))
        {
            if (!OfContainers.Contains(name) && !IsHugePages(name)) errors.Invalid(path, name, "must be a standard resource for containers");
        }
        else if (!IsNative(name) && !IsExtended(name)) errors.Invalid(path, name, "doesn't follow extended resource name standard");
    }

    private static void PodName(string name, FieldPath path, FieldErrors errors)
    {
        if (Known(name, path, errors) && name is not ("cpu" or "memory") && !IsHugePages(name)) errors.NotSupported(path, name, "cpu", "hugepages-", "memory");
    }

    /// <summary>False when the name is no name at all.</summary>
    private static bool Known(string name, FieldPath path, FieldErrors errors)
    {
        var faults = NameRules.QualifiedName(name);
        errors.InvalidAll(path, name, faults);
        if (faults.Count == 0 && !name.Contains('/') && !Standard.Contains(name) && !QuotaNames.IsHugePages(name)) errors.Invalid(path, name, "must be a standard resource type or fully qualified");
        return faults.Count == 0;
    }

    private static bool IsHugePages(string name) => name.StartsWith("hugepages-", StringComparison.Ordinal);

    private static bool IsNative(string name) => !name.Contains('/') || name.Contains("kubernetes.io/", StringComparison.Ordinal);

    private static bool IsExtended(string name) =>
        !IsNative(name) && !name.StartsWith("requests.", StringComparison.Ordinal) && NameRules.QualifiedName("requests." + name).Count == 0;

    private static IEnumerable<KeyValuePair<string, ResourceQuantity>> Ordered(IDictionary<string, ResourceQuantity>? list) =>
        list is null ? [] : list.OrderBy(p => p.Key, StringComparer.Ordinal);
}
