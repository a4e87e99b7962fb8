using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Coxswain.Api;

namespace Coxswain.ApiServer.Http;

/// <summary>The schemas of every built-in type, made by <c>build/OpenApi</c> and embedded compressed; unpacked only while a document is put together.</summary>
internal sealed class SchemaSet
{
    public const string Patch = "io.k8s.apimachinery.pkg.apis.meta.v1.Patch";
    public const string Status = "io.k8s.apimachinery.pkg.apis.meta.v1.Status";
    public const string DeleteOptions = "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions";

    private readonly Dictionary<string, (string[] References, string Schema)> _all = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _wanted = new(StringComparer.Ordinal);

    public SchemaSet()
    {
        using var zip = new GZipStream(Resource(), CompressionMode.Decompress);
        using var reader = new StreamReader(zip, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split('\t', 3);
            _all.Add(parts[0], (parts[1].Length == 0 ? [] : parts[1].Split(','), parts[2]));
        }
    }

    /// <summary>Changes whenever the schemas do.</summary>
    public static string Hash => field ??= HashOfResource();

    /// <summary>Those asked for so far and all they refer to, by name.</summary>
    public IReadOnlyDictionary<string, string> Wanted => _wanted;

    /// <summary>The definition's name for a kind; adds it and what it refers to. Null when there is none.</summary>
    public string? Want(GroupVersionKind kind)
    {
        var package = PackageOf(kind.Group);
        var name = $"{package}.{kind.Version}.{kind.Kind}";
        if (_all.ContainsKey(name)) return Want(name);
        return kind.Version != "v1" && _all.ContainsKey($"{package}.v1.{kind.Kind}") ? WantOlder(package, kind) : null;
    }

    public string? Want(string name)
    {
        if (!_all.TryGetValue(name, out var definition)) return null;
        if (!_wanted.TryAdd(name, definition.Schema)) return name;
        foreach (var reference in definition.References) Want(reference);
        return name;
    }

    /// <summary>An older version that has the same shape as v1 (apps/v1beta2) is described by v1's schemas under its own name.</summary>
    private string WantOlder(string package, GroupVersionKind kind)
    {
        var (v1, older) = ($"{package}.v1.", $"{package}.{kind.Version}.");
        var name = older + kind.Kind;
        if (_wanted.ContainsKey(name)) return name;
        var (references, schema) = _all[v1 + kind.Kind];
        _wanted[name] = schema.Replace(v1, older, StringComparison.Ordinal)
            .Replace($"\"group\":\"{kind.Group}\",\"kind\":\"{kind.Kind}\",\"version\":\"v1\"", $"\"group\":\"{kind.Group}\",\"kind\":\"{kind.Kind}\",\"version\":\"{kind.Version}\"", StringComparison.Ordinal);
        foreach (var reference in references)
        {
            if (reference.StartsWith(v1, StringComparison.Ordinal)) WantOlder(package, kind with { Kind = reference[v1.Length..] });
            else Want(reference);
        }
        return name;
    }

    /// <summary>Where the definitions of a group live.</summary>
    public static string PackageOf(string group) => group switch
    {
        "" => "io.k8s.api.core",
        "apiextensions.k8s.io" => "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions",
        "apiregistration.k8s.io" => "io.k8s.kube-aggregator.pkg.apis.apiregistration",
        _ => $"io.k8s.api.{group.Split('.')[0]}",
    };

    private static Stream Resource() => Assembly.GetExecutingAssembly().GetManifestResourceStream("definitions.gz")!;

    private static string HashOfResource()
    {
        using var resource = Resource();
        return Convert.ToHexString(SHA256.HashData(resource));
    }
}
