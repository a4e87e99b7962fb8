using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>References from a Pod to its own fields and resources.</summary>
internal static class DownwardValidation
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName",
        "spec.schedulerName", "status.phase", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs", "spec.host",
    };
    private static readonly string[] Resources = ["limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"];
    private const string Sizes = "1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei";

    /// <param name="supported">What can be had here; sorted.</param>
    public static void Field(V1ObjectFieldSelector field, string[] supported, FieldPath path, FieldErrors errors)
    {
        var name = field.FieldPath ?? "";
        if (string.IsNullOrEmpty(field.ApiVersion)) errors.Required(path.Child("apiVersion"));
        else if (name.Length == 0) errors.Required(path.Child("fieldPath"));
        else if (field.ApiVersion != "v1") errors.Invalid(path.Child("fieldPath"), name, $"error converting fieldPath: unsupported pod version: {field.ApiVersion}");
        else if (Subscript(name, out var map, out var key)) OfMap(name, map, key, path, errors);
        else if (!Known.Contains(name)) errors.Invalid(path.Child("fieldPath"), name, $"error converting fieldPath: field label not supported: {name}");
        else if (!supported.Contains(name == "spec.host" ? "spec.nodeName" : name)) errors.NotSupported(path.Child("fieldPath"), name, supported);
    }

    public static void Resource(V1ResourceFieldSelector selector, bool inVolume, FieldPath path, FieldErrors errors)
    {
        var name = selector.Resource ?? "";
        if (inVolume && string.IsNullOrEmpty(selector.ContainerName)) errors.Required(path.Child("containerName"));
        else if (name.Length == 0) errors.Required(path.Child("resource"));
        else if (!Resources.Contains(name) && !IsHugePages(name)) errors.NotSupported(path.Child("resource"), name, Resources);
        if (selector.Divisor?.ToQuantity() is not { IsZero: false } divisor) return;
        var (allowed, what) = name switch
        {
            "limits.cpu" or "requests.cpu" => ("1m and 1", "cpu resource"),
            "limits.memory" or "requests.memory" => (Sizes, "memory resource"),
            "limits.ephemeral-storage" or "requests.ephemeral-storage" => (Sizes, "local ephemeral storage resource"),
            _ when IsHugePages(name) => (Sizes, "hugepages resource"),
            _ => ("", ""),
        };
        var choices = allowed.Split([", ", " and "], StringSplitOptions.None);
        if (allowed.Length > 0 && !choices.Contains(divisor.ToString())) errors.Invalid(path.Child("divisor"), name, $"only divisor's values {allowed} are supported with the {what}");
    }

    private static void OfMap(string name, string map, string key, FieldPath path, FieldErrors errors)
    {
        if (map == "metadata.annotations") errors.InvalidAll(path, key.ToLowerInvariant(), NameRules.QualifiedName(key.ToLowerInvariant()));
        else if (map == "metadata.labels") errors.InvalidAll(path, key, NameRules.QualifiedName(key));
        else errors.Invalid(path.Child("fieldPath"), name, $"error converting fieldPath: field label does not support subscript: {name}");
    }

    /// <summary><c>metadata.labels['app']</c>.</summary>
    private static bool Subscript(string name, out string map, out string key)
    {
        (map, key) = ("", "");
        var open = name.IndexOf("['", StringComparison.Ordinal);
        if (open <= 0 || !name.EndsWith("']", StringComparison.Ordinal) || open + 2 > name.Length - 2) return false;
        (map, key) = (name[..open], name[(open + 2)..^2]);
        return true;
    }

    private static bool IsHugePages(string name) =>
        name.StartsWith("limits.hugepages-", StringComparison.Ordinal) || name.StartsWith("requests.hugepages-", StringComparison.Ordinal);
}
