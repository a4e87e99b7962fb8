using System.Text;

namespace Coxswain.ApiServer.Http;

/// <summary>Percent-encoding in URLs: what does not follow the rules is refused, as Go does, and not passed on as it stands.</summary>
internal static class PercentEncoding
{
    /// <summary>Whether every percent sign is followed by two hexadecimal digits.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOf('%'); at >= 0;)
        {
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2])) return false;
            var next = text[(at + 3)..].IndexOf('%');
            at = next < 0 ? -1 : at + 3 + next;
        }
        return true;
    }

    /// <summary>The text that valid encoding stands for; bytes that are no UTF-8 become replacement characters.</summary>
    public static string Decode(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = 0;
        while (!text.IsEmpty)
        {
            var plain = text.IndexOf('%') is >= 0 and var at ? at : text.Length;
            length += Encoding.UTF8.GetBytes(text[..plain], bytes.AsSpan(length));
            text = text[plain..];
            if (text.IsEmpty) break;
            bytes[length++] = Convert.FromHexString(text.Slice(1, 2))[0];
            text = text[3..];
        }
        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
