using System.Reflection;
using System.Text.RegularExpressions;
using System.Text.Json.Serialization;
using k8s.Models;

namespace Coxswain.Build.OpenApi;

/// <summary>
/// Which OpenAPI definition each model class stands for. Kinds carry their group; what they are made of does not, and is filed under meta, core or the one
/// group that uses it, in that order.
/// </summary>
internal sealed partial class DefinitionNames
{
    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1";
    private static readonly HashSet<string> MetaTypes =
    [
        "ObjectMeta", "ListMeta", "LabelSelector", "LabelSelectorRequirement", "OwnerReference", "ManagedFieldsEntry", "Status", "StatusDetails", "StatusCause",
        "DeleteOptions", "Preconditions", "Condition", "FieldSelectorRequirement", "APIGroup", "APIGroupList", "APIResource", "APIResourceList", "APIVersions",
        "GroupVersionForDiscovery", "ServerAddressByClientCIDR", "ShardInfo",
    ];

    /// <summary>Core's, though only other groups' kinds use them.</summary>
    private static readonly HashSet<string> CoreTypes = ["TopologySelectorTerm", "TopologySelectorLabelRequirement"];

    private readonly Dictionary<Type, string> _names = [];

    public IReadOnlyDictionary<Type, string> All => _names;

    public static DefinitionNames OfModels()
    {
        var names = new DefinitionNames();
        var kinds = typeof(V1Pod).Assembly.GetTypes()
            .Select(t => (Type: t, Kind: t.GetCustomAttribute<KubernetesEntityAttribute>()))
            .Where(t => t.Kind is not null && t.Type.Namespace == "k8s.Models" && !t.Kind.ApiVersion.Contains("alpha", StringComparison.Ordinal) && t.Kind.Group != "metrics.k8s.io" && ClassName().IsMatch(t.Type.Name))
            .OrderBy(t => t.Kind!.Group == "" ? 0 : 1).ThenBy(t => t.Kind!.Group, StringComparer.Ordinal).ThenBy(t => t.Type.Name, StringComparer.Ordinal)
            .ToList();
        foreach (var (type, kind) in kinds) names.Add(type, Package(kind!.Group, kind.ApiVersion));
        foreach (var (type, kind) in kinds) names.AddParts(type, Package(kind!.Group, kind.ApiVersion));
        names.AddParts(typeof(V1Status), Meta);
        names.AddParts(typeof(V1DeleteOptions), Meta);
        return names;
    }

    public static string Package(string group, string version) => group switch
    {
        "" => $"io.k8s.api.core.{version}",
        "apiextensions.k8s.io" => $"io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.{version}",
        "apiregistration.k8s.io" => $"io.k8s.kube-aggregator.pkg.apis.apiregistration.{version}",
        "internal.apiserver.k8s.io" => $"io.k8s.api.apiserverinternal.{version}",
        _ => $"io.k8s.api.{group.Split('.')[0]}.{version}",
    };

    private void AddParts(Type type, string package)
    {
        Add(type, package);
        foreach (var part in Parts(type).Where(p => !_names.ContainsKey(p)).ToList()) AddParts(part, package);
    }

    private void Add(Type type, string package)
    {
        if (_names.ContainsKey(type)) return;
        var name = ClassName().Match(type.Name).Groups["name"].Value;
        if (name.Length == 0) return;
        if (MetaTypes.Contains(name) && type.Name.StartsWith("V1", StringComparison.Ordinal) && !(name == "Condition" && package.Contains("apiextensions", StringComparison.Ordinal))) package = Meta;
        if (CoreTypes.Contains(name)) package = "io.k8s.api.core.v1";
        _names.Add(type, $"{package}.{name}");
    }

    public static IEnumerable<Type> Parts(Type type) => type.GetProperties()
        .Where(p => p.GetCustomAttribute<JsonPropertyNameAttribute>() is not null)
        .Select(p => ElementOf(p.PropertyType))
        .Where(t => t.Namespace == "k8s.Models" && t.IsClass && ClassName().IsMatch(t.Name));

    /// <summary>What a list or map is made of, all the way down.</summary>
    public static Type ElementOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!type.IsGenericType) return type;
        return ElementOf(type.GetGenericArguments()[^1]);
    }

    [GeneratedRegex(@"^[A-Za-z]*?[Vv]\d+(alpha\d+|beta\d+)?(?<name>[A-Z]\w*)$")]
    private static partial Regex ClassName();
}
