using k8s.Models;

namespace Coxswain.ApiServer.Resources;

/// <summary>Label selectors in the form that tables and <c>status.selector</c> show: sorted by key, <c>app=web,tier in (a,b),!old</c>.</summary>
internal static class SelectorText
{
    public static string Format(IDictionary<string, string>? labels) =>
        labels is null ? "" : string.Join(',', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));

    public static string Format(V1LabelSelector? selector)
    {
        if (selector is null) return "";
        var equal = (selector.MatchLabels ?? new Dictionary<string, string>()).Select(l => (l.Key, Text: $"{l.Key}={l.Value}"));
        var expressions = (selector.MatchExpressions ?? []).Select(e => (e.Key, Text: Expression(e)));
        return string.Join(',', equal.Concat(expressions).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Text));
    }

    public static string OrNone(string text) => text.Length == 0 ? "<none>" : text;

    private static string Expression(V1LabelSelectorRequirement e)
    {
        var values = string.Join(',', (e.Values ?? []).Order(StringComparer.Ordinal));
        return e.OperatorProperty switch
        {
            "In" => $"{e.Key} in ({values})",
            "NotIn" => $"{e.Key} notin ({values})",
            "Exists" => e.Key,
            _ => $"!{e.Key}",
        };
    }
}
