using System.Text;

namespace Coxswain.ApiServer.Http;

/// <summary>The value of a Warning header, as RFC 2616 quotes it.</summary>
internal static class WarningHeader
{
    public static string Format(string text)
    {
        var b = new StringBuilder("299 - \"", text.Length + 8);
        foreach (var c in text)
        {
            if (c is '"' or '\\') b.Append('\\').Append(c);
            else if (c is '\n' or '\r' or '\t') b.Append(' ');
            else if (!char.IsControl(c)) b.Append(c);
        }
        return b.Append('"').ToString();
    }
}
