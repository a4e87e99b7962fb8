using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>What a C# model type is called in Go: <c>V1Container</c> is <c>v1.Container</c>, <c>IList&lt;int&gt;</c> is <c>[]int32</c>.</summary>
internal static partial class GoTypeName
{
    private static readonly ConcurrentDictionary<Type, (string Package, string Name)> Models = new();

    /// <summary>The struct's bare name, as it stands before the first dot of a field in messages.</summary>
    public static string Struct(Type type) => Model(type).Name;

    public static string Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return "string";
        if (type == typeof(bool)) return "bool";
        if (type == typeof(int)) return "int32";
        if (type == typeof(long)) return "int64";
        if (type == typeof(double)) return "float64";
        if (type == typeof(byte[])) return "[]uint8";
        if (type == typeof(DateTime)) return "v1.Time";
        if (type == typeof(ResourceQuantity)) return "resource.Quantity";
        if (type.IsGenericType) return Collection(type.GenericTypeArguments);
        var (package, name) = Model(type);
        return $"{package}.{name}";
    }

    private static string Collection(Type[] arguments) => arguments.Length == 1 ? "[]" + Of(arguments[0]) : $"map[string]{Of(arguments[1])}";

    private static (string Package, string Name) Model(Type type) => Models.GetOrAdd(type, static t =>
    {
        var match = ModelName().Match(t.Name);
        return match.Success ? (match.Groups[1].Value.ToLowerInvariant(), match.Groups[2].Value) : ("v1", t.Name);
    });

    /// <summary>A group in front tells types of one name apart (<c>Corev1Event</c>); Go has packages for that.</summary>
    [GeneratedRegex("^(?:[A-Z][a-z]+)??([Vv][0-9]+(?:alpha[0-9]+|beta[0-9]+)?)([A-Z].*)$")]
    private static partial Regex ModelName();
}
