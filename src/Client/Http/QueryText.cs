using System.Globalization;
using System.Text;

namespace Coxswain.Client;

/// <summary>Writes options as a query string, question mark included; empty when there are none.</summary>
internal static class QueryText
{
    public static string Of(ListOptions options, bool watch = false)
    {
        var text = new StringBuilder();
        Add(text, "labelSelector", options.LabelSelector);
        Add(text, "fieldSelector", options.FieldSelector);
        Add(text, "resourceVersion", options.ResourceVersion);
        Add(text, "limit", options.Limit?.ToString(CultureInfo.InvariantCulture));
        Add(text, "continue", options.Continue);
        if (watch) Add(text, "watch", "true");
        if (watch && options.AllowBookmarks) Add(text, "allowWatchBookmarks", "true");
        return text.ToString();
    }

    private static void Add(StringBuilder text, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }
}
