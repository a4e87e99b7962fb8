using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Coxswain.Api;

/// <summary>Text as Go's fmt package writes it; upstream's messages are made that way, so ours must be.</summary>
public static class GoText
{
    /// <summary>As <c>%q</c>: double quotes, backslash escapes, other control characters as \x.</summary>
    public static string Quote(string text) => Quote(text, static c => c switch
    {
        '\a' => "\\a",
        '\v' => "\\v",
        < ' ' or '\x7f' => $"\\x{(int)c:x2}",
        _ => null,
    });

    /// <summary>In double quotes, with the escapes that Go's notations have in common, and those that this one adds.</summary>
    /// <param name="special">What stands for a character, or null for itself.</param>
    internal static string Quote(string text, Func<char, string?> special)
    {
        var b = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => b.Append("\\\""),
                '\\' => b.Append("\\\\"),
                '\n' => b.Append("\\n"),
                '\r' => b.Append("\\r"),
                '\t' => b.Append("\\t"),
                '\b' => b.Append("\\b"),
                '\f' => b.Append("\\f"),
                _ => special(c) is { } escape ? b.Append(escape) : b.Append(c),
            };
        }
        return b.Append('"').ToString();
    }

    /// <summary>A decoded document as <c>%v</c>: <c>map[a:1 b:[x y]]</c>, keys in order.</summary>
    public static string Value(JsonNode? node)
    {
        var text = new StringBuilder();
        Append(text, node);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case null: text.Append("<nil>"); break;
            case JsonObject map:
                text.Append("map[");
                var first = true;
                foreach (var (key, value) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
                {
                    Append(text.Append(first ? "" : " ").Append(key).Append(':'), value);
                    first = false;
                }
                text.Append(']');
                break;
            case JsonArray list:
                text.Append('[');
                for (var i = 0; i < list.Count; i++) Append(i == 0 ? text : text.Append(' '), list[i]);
                text.Append(']');
                break;
            default: text.Append(node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString()); break;
        }
    }
}
