using System.Globalization;
using System.Text;

namespace Coxswain.Api;

/// <summary>Text as Go's fmt package writes it; upstream's messages are made that way, so ours must be.</summary>
public static class GoText
{
    /// <summary>As <c>%q</c>: double quotes, backslash escapes, other control characters as \x or \u.</summary>
    public static string Quote(string text)
    {
        var b = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"': b.Append("\\\""); break;
                case '\\': b.Append("\\\\"); break;
                case '\n': b.Append("\\n"); break;
                case '\r': b.Append("\\r"); break;
                case '\t': b.Append("\\t"); break;
                case '\a': b.Append("\\a"); break;
                case '\b': b.Append("\\b"); break;
                case '\f': b.Append("\\f"); break;
                case '\v': b.Append("\\v"); break;
                case < ' ' or '\x7f': b.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"); break;
                default: b.Append(c); break;
            }
        }
        return b.Append('"').ToString();
    }
}
