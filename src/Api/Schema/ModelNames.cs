using System.Text.RegularExpressions;

namespace Coxswain.Api;

/// <summary>
/// Which type of the API each class of the model package stands for: <c>V1Container</c> is <c>core.v1.Container</c>. Where several packages have a type of one name, the
/// class has the package in front (<c>Eventsv1Event</c>); else meta's and core's come first.
/// </summary>
internal static partial class ModelNames
{
    private static readonly string[] Order =
    [
        "meta", "core", "apps", "authentication", "authorization", "autoscaling", "batch", "certificates", "coordination", "discovery", "events", "networking", "node", "policy",
        "rbac", "scheduling", "storage", "flowcontrol", "admissionregistration", "apiextensions", "apiregistration", "resource", "storagemigration",
    ];

    /// <summary>Null for a class that stands for no type.</summary>
    public static string? Find(Type model)
    {
        if (model.Name == "VersionInfo") return "version.Info";
        var match = ClassName().Match(model.Name);
        if (!match.Success) return null;
        var (version, name) = (match.Groups["version"].Value.ToLowerInvariant(), match.Groups["name"].Value);
        var group = match.Groups["group"].Value.ToLowerInvariant();
        foreach (var candidate in group.Length > 0 ? [group] : Order)
        {
            if (Schemas.Contains($"{candidate}.{version}", name)) return $"{candidate}.{version}.{name}";
        }
        return null;
    }

    [GeneratedRegex("^(?<group>[A-Z][a-z]+)??(?<version>[Vv][0-9]+(?:alpha[0-9]+|beta[0-9]+)?)(?<name>[A-Z].*)$")]
    private static partial Regex ClassName();
}
