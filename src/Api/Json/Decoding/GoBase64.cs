namespace Coxswain.Api;

/// <summary>Finds the byte that Go's standard base64 decoder would complain of.</summary>
internal static class GoBase64
{
    /// <returns>-1 when all is well.</returns>
    public static int FirstBad(string text)
    {
        var inGroup = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '\r' or '\n') continue;
            if (c == '=') return Padding(text, i, inGroup);
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/')) return i;
            inGroup = (inGroup + 1) % 4;
        }
        return inGroup == 0 ? -1 : text.Length - inGroup;
    }

    /// <summary>Padding may only fill up the last group of four, and nothing may follow it.</summary>
    private static int Padding(string text, int at, int inGroup)
    {
        if (inGroup < 2) return at;
        var next = Skip(text, at + 1);
        if (inGroup == 2)
        {
            if (next == text.Length) return text.Length;
            if (text[next] != '=') return next;
            next = Skip(text, next + 1);
        }
        return next < text.Length ? next : -1;
    }

    private static int Skip(string text, int at)
    {
        while (at < text.Length && text[at] is '\r' or '\n') at++;
        return at;
    }
}
