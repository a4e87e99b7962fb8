using System.Globalization;
using System.Text;

namespace Coxswain.Api;

/// <summary>Resolves the escapes of a JSON string whose surrogates do not pair up; the strays become U+FFFD.</summary>
internal static class GoUnquote
{
    public static string Text(ReadOnlySpan<byte> escaped)
    {
        var source = Encoding.UTF8.GetString(escaped);
        var b = new StringBuilder(source.Length);
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] != '\\') b.Append(source[i]);
            else if (source[++i] != 'u') b.Append(Simple(source[i]));
            else
            {
                b.Append((char)int.Parse(source.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
        }
        // A round trip through UTF-8 replaces what stands alone.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(b.ToString()));
    }

    private static char Simple(char c) => c switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', _ => c };
}
