using System.Collections.Concurrent;

namespace Coxswain.Api;

/// <summary>Finds the schemas of the built-in types, each made when it is first asked for.</summary>
public static class Schemas
{
    private static readonly ConcurrentDictionary<string, SchemaText?> Packages = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, Schema?> Named = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<Type, Schema?> Models = new();

    /// <summary>The schema of a type.</summary>
    /// <param name="name">In full: <c>core.v1.Pod</c>.</param>
    /// <returns>Null when there is no such type.</returns>
    public static Schema? Find(string name) => Named.GetOrAdd(name, static n => Read(n));

    /// <summary>The schema of a kind, or of another type that stands beside the kinds of a version.</summary>
    public static Schema? Find(GroupVersionKind kind)
    {
        var package = $"{PackageOf(kind.Group)}.{kind.Version}";
        return Package(package)?.Group == kind.Group ? Find($"{package}.{kind.Kind}") : null;
    }

    /// <summary>The schema of a class of the model package.</summary>
    /// <returns>Null for a class that stands for no type of the API.</returns>
    public static Schema? Of(Type model) => Models.GetOrAdd(model, static m => ModelNames.Find(m) is { } name ? Find(name) : null);

    /// <summary>What upstream's packages of a group are called: <c>core</c>, <c>apps</c>, <c>rbac</c>.</summary>
    public static string PackageOf(string group) => group.Length == 0 ? "core" : group.Split('.')[0];

    /// <summary>Whether there is such a version of an API group.</summary>
    public static bool HasVersion(string group, string version) => Package($"{PackageOf(group)}.{version}")?.Group == group;

    /// <summary>The types of a package (<c>core.v1</c>), by their bare names; none when there is no such package.</summary>
    public static IEnumerable<string> NamesIn(string package) => Package(package)?.Names ?? [];

    internal static bool Contains(string package, string name) => Package(package)?.Contains(name) == true;

    private static SchemaText? Package(string package) => Packages.GetOrAdd(package, static p => SchemaText.Open(p));

    private static Schema? Read(string name)
    {
        var dot = name.LastIndexOf('.');
        if (dot < 0) return null;
        var package = name[..dot];
        return Package(package)?.Find(name[(dot + 1)..]) is { } text ? new SchemaReader(package).Type(name, text) : null;
    }
}
