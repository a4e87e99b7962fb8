using System.Text;

namespace Coxswain.Node.Pods.Config;

/// <summary><c>$(NAME)</c> becomes the variable's value, <c>$$</c> a dollar; a reference to an unknown variable stays as it is written.</summary>
internal static class Expansion
{
    public static string Expand(string text, Func<string, string?> lookup)
    {
        if (!text.Contains('$', StringComparison.Ordinal)) return text;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 >= text.Length)
            {
                result.Append(text[i]);
                continue;
            }
            switch (text[++i])
            {
                case '$':
                    result.Append('$');
                    break;
                case '(':
                    var end = text.IndexOf(')', i);
                    if (end < 0) { result.Append("$("); break; }
                    var name = text[(i + 1)..end];
                    result.Append(lookup(name) ?? $"$({name})");
                    i = end;
                    break;
                default:
                    result.Append('$').Append(text[i]);
                    break;
            }
        }
        return result.ToString();
    }
}
