using System.Globalization;
using System.Text;
using k8s.Models;

namespace Coxswain.Api;

/// <summary>A value inside a message, as JSON in the way Go's encoder writes it. Handed to <see cref="FieldErrors"/> in place of the value itself.</summary>
/// <remarks>
/// Upstream's messages show its internal types, whose fields have no JSON names: <c>{"Type":"x","RollingUpdate":null}</c>. So messages spell the fields out
/// with <see cref="Fields"/> instead of encoding the wire's types.
/// </remarks>
public sealed class GoJson
{
    private readonly string _text;

    private GoJson(string text) => _text = text;

    public static GoJson Null { get; } = new("null");

    public override string ToString() => _text;

    public static GoJson Text(string? value) => value is null ? Null : new(Quoted(value));

    public static GoJson Number(long? value) => value is null ? Null : new(value.Value.ToString(CultureInfo.InvariantCulture));

    public static GoJson Bool(bool? value) => value is null ? Null : new(value.Value ? "true" : "false");

    /// <summary>A number when it reads as one, else a string.</summary>
    public static GoJson IntOrString(IntOrString? value) =>
        value?.Value is not { } text ? Number(0) : value.TryGetInt(out var number) ? Number(number) : Text(text);

    public static GoJson Strings(IEnumerable<string>? values) => values is null ? Null : Array(values.Select(Text));

    public static GoJson Array(IEnumerable<GoJson> values) => new($"[{string.Join(',', values)}]");

    /// <summary>Fields in the order given.</summary>
    public static GoJson Fields(params ReadOnlySpan<(string Name, GoJson Value)> fields)
    {
        var b = new StringBuilder("{");
        foreach (var (name, value) in fields) b.Append(b.Length > 1 ? "," : "").Append(Quoted(name)).Append(':').Append(value);
        return new(b.Append('}').ToString());
    }

    /// <summary>A map: keys in order.</summary>
    public static GoJson Map(IDictionary<string, string>? values) => values is null
        ? Null
        : Fields([.. values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => (v.Key, Text(v.Value)))]);

    /// <summary>Label selectors have JSON names upstream too; empty parts are left out.</summary>
    public static GoJson Selector(V1LabelSelector? selector)
    {
        if (selector is null) return Null;
        var fields = new List<(string, GoJson)>();
        if (selector.MatchLabels is { Count: > 0 } labels) fields.Add(("matchLabels", Map(labels)));
        if (selector.MatchExpressions is { Count: > 0 } expressions) fields.Add(("matchExpressions", Array(expressions.Select(Requirement))));
        return Fields([.. fields]);
    }

    private static GoJson Requirement(V1LabelSelectorRequirement requirement) => requirement.Values is { Count: > 0 } values
        ? Fields(("key", Text(requirement.Key ?? "")), ("operator", Text(requirement.OperatorProperty ?? "")), ("values", Strings(values)))
        : Fields(("key", Text(requirement.Key ?? "")), ("operator", Text(requirement.OperatorProperty ?? "")));

    /// <summary>Go escapes some characters for the sake of HTML, and the line separators for JavaScript.</summary>
    private static string Quoted(string text) => GoText.Quote(text, static c => c is '<' or '>' or '&' or '\u2028' or '\u2029' or < ' ' ? $"\\u{(int)c:x4}" : null);
}
