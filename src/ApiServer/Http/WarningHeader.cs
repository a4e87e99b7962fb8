using System.Text;

namespace Coxswain.ApiServer.Http;

/// <summary>The values of Warning headers, as RFC 2616 quotes them.</summary>
internal static class WarningHeader
{
    /// <summary>Characters of all warnings of an answer together; when there are more, each is cut to <see cref="CutLength"/> and the last ones are left out, as upstream does.</summary>
    private const int MaxTotal = 4096, CutLength = 256;

    /// <summary>Each text once.</summary>
    public static string[] Format(IEnumerable<string> texts)
    {
        var once = texts.Distinct().ToArray();
        if (once.Sum(t => (long)t.Length) <= MaxTotal) return [.. once.Select(Format)];
        var (values, written) = (new List<string>(), 0);
        foreach (var text in once)
        {
            if (written >= MaxTotal) break;
            var cut = Cut(text);
            values.Add(Format(cut));
            written += cut.Length;
        }
        return [.. values];
    }

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

    private static string Cut(string text)
    {
        if (text.Length <= CutLength) return text;
        return text[..(char.IsHighSurrogate(text[CutLength - 1]) ? CutLength - 1 : CutLength)];
    }
}
