using k8s.Models;

namespace Coxswain.Api;

public static class QuantityExtensions
{
    public static Quantity ToQuantity(this ResourceQuantity value) => value is ParsedQuantity parsed ? parsed.Value : Quantity.Parse(value.ToString());

    public static ResourceQuantity ToResourceQuantity(this Quantity value) => ParsedQuantity.Of(value);

    /// <summary>Zero when the list has no such resource.</summary>
    public static Quantity Get(this IDictionary<string, ResourceQuantity>? resources, string name) =>
        resources is not null && resources.TryGetValue(name, out var value) ? value.ToQuantity() : Quantity.Zero;
}
