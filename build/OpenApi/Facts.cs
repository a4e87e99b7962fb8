using System.Text.RegularExpressions;
using Coxswain.Api;

namespace Coxswain.Build.OpenApi;

/// <summary>What a field's declaration in C# does not say, from the table of types: what is required, how lists and maps merge, which words a string may be.</summary>
internal static partial class Facts
{
    /// <summary>The definition's schema; null for one that Kubernetes 1.36 does not have.</summary>
    public static Schema? Of(string definition) => Schemas.Find(Package().Replace(definition, ""));

    public static IEnumerable<string> Required(string definition) =>
        Of(definition)?.Fields.All.Where(f => f.IsRequired).Select(f => f.Name) ?? Enumerable.Empty<string>();

    /// <summary>The words that a value, or each entry of it, may be; null when it is free.</summary>
    public static IEnumerable<string>? EnumOf(SchemaField? field)
    {
        var type = field?.Type.Element ?? field?.Type;
        return type is { IsEnum: true } ? type.Words.Order(StringComparer.Ordinal) : null;
    }

    [GeneratedRegex(@"^io\.k8s\.(api|apimachinery\.pkg\.apis|apiextensions-apiserver\.pkg\.apis|kube-aggregator\.pkg\.apis)\.")]
    private static partial Regex Package();
}
