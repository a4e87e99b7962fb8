using System.Text;
using Coxswain.Api;
using Coxswain.ApiServer.Resources;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Resources;

/// <summary>Takes objects, written as JSON, through what a kind does with them.</summary>
internal static class Written
{
    public static DateTime Now { get; } = new(2026, 3, 4, 12, 0, 0, DateTimeKind.Utc);

    /// <summary>Decoded strictly and defaulted, in the namespace <c>ns</c>.</summary>
    public static T Object<T>(ResourceDefinition<T> kind, string json) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var value = (T)StrictDecoder.Decode(kind.Type, Encoding.UTF8.GetBytes(Whole(kind, json)), FieldValidation.Strict, []);
        value.Metadata ??= new V1ObjectMeta();
        if (kind.Type.Namespaced) value.Metadata.NamespaceProperty ??= "ns";
        kind.DefaultObject(value);
        return value;
    }

    public static T Created<T>(ResourceDefinition<T> kind, string json) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var value = Object(kind, json);
        kind.PrepareObjectForCreate(value);
        return value;
    }

    public static T Updated<T>(ResourceDefinition<T> kind, T old, string json) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var value = Object(kind, json);
        kind.PrepareObjectForUpdate(value, old);
        return value;
    }

    /// <summary>What a create would be refused for.</summary>
    public static IReadOnlyList<string> Faults<T>(ResourceDefinition<T> kind, string json) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var errors = new FieldErrors();
        kind.ValidateObject(Created(kind, json), errors);
        return Texts(errors);
    }

    /// <summary>What an update would be refused for, beyond what a create would be.</summary>
    public static IReadOnlyList<string> UpdateFaults<T>(ResourceDefinition<T> kind, string old, string json) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var (errors, before) = (new FieldErrors(), Created(kind, old));
        kind.ValidateObjectUpdate(Updated(kind, before, json), before, errors);
        return Texts(errors);
    }

    public static IReadOnlyList<string> StatusFaults<T>(ResourceDefinition<T> kind, string json) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var (errors, value) = (new FieldErrors(), Object(kind, json));
        kind.ValidateObjectStatusUpdate(value, Object(kind, json), errors);
        return Texts(errors);
    }

    public static IReadOnlyList<string> Warnings<T>(ResourceDefinition<T> kind, string json) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var warnings = new List<string>();
        kind.CollectWarnings(Created(kind, json), null, warnings);
        return warnings;
    }

    /// <summary>The table row, one cell a column, as text.</summary>
    public static string Row<T>(ResourceDefinition<T> kind, string json) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var cells = kind.Cells(Object(kind, json), Now);
        Assert.Equal(kind.Columns.Count, cells.Length);
        return string.Join(" | ", cells);
    }

    private static List<string> Texts(FieldErrors errors) => [.. errors.Select(e => e.ToString())];

    private static string Whole(ResourceDefinition kind, string json)
    {
        var type = kind.ResourceType;
        var inner = json.TrimStart()[1..];
        return $$"""{"apiVersion":"{{type.ApiVersion}}","kind":"{{type.Kind}}"{{(inner.TrimStart().StartsWith('}') ? "" : ",")}}{{inner}}""";
    }
}
