using System.Text.Json;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>The package's quantity with its value already parsed by our rules and its text at hand. Immutable, so equal texts share one.</summary>
internal sealed class ParsedQuantity : ResourceQuantity
{
    private static readonly ParsedQuantity?[] Recent = new ParsedQuantity?[256];

    private readonly string _source;

    private ParsedQuantity(string source, string text, Quantity value) : base(value.ToString()) => (_source, Text, Value) = (source, text, value);

    public static ParsedQuantity Zero { get; } = new("0", "0", Quantity.Zero);

    public Quantity Value { get; }
    /// <summary>What is written.</summary>
    public string Text { get; }

    public static ParsedQuantity OfResource(string source)
    {
        // A few texts ("100m", "64Mi") make up nearly all there are; a race only costs a second parse.
        ref var slot = ref Recent[string.GetHashCode(source, StringComparison.Ordinal) & (Recent.Length - 1)];
        if (slot is { } hit && hit._source == source) return hit;
        var value = Parse(source).RoundUpToMilli();
        var made = new ParsedQuantity(source, value.ToString(), value);
        if (source.Length <= 16) slot = made;
        return made;
    }

    public static ParsedQuantity Verbatim(string source) => new(source, source, Parse(source));

    public static ParsedQuantity Of(Quantity value)
    {
        var text = value.ToString();
        return new ParsedQuantity(text, text, value);
    }

    public static string TextOf(ResourceQuantity value) => value is ParsedQuantity parsed ? parsed.Text : value.ToQuantity().ToString();

    public override string ToString() => Text;

    private static Quantity Parse(string text) => Quantity.TryParse(text, out var value, out var error) ? value : throw new JsonException(error);
}
