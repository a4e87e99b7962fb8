using System.Text.Json.Serialization.Metadata;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>Writes the fields of a Status in upstream's order: people and scripts read it raw.</summary>
internal static class FieldOrder
{
    private static readonly Dictionary<Type, string[]> Orders = new()
    {
        [typeof(V1Status)] = ["kind", "apiVersion", "metadata", "status", "message", "reason", "details", "code"],
        [typeof(V1StatusDetails)] = ["name", "group", "kind", "uid", "causes", "retryAfterSeconds"],
        [typeof(V1StatusCause)] = ["reason", "message", "field"],
    };

    public static void Apply(JsonTypeInfo type)
    {
        if (!Orders.TryGetValue(type.Type, out var order)) return;
        foreach (var property in type.Properties) property.Order = Array.IndexOf(order, property.Name);
    }
}
