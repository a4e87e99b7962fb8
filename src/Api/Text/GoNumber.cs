using System.Globalization;

namespace Coxswain.Api;

/// <summary>Whole numbers in text, read as Go's strconv does; what is no such number is told in its words.</summary>
public static class GoNumber
{
    /// <param name="error">Null when <paramref name="value"/> is the number.</param>
    public static bool TryInt64(string text, out long value, out string? error)
    {
        error = null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)) return true;
        error = Error("ParseInt", text, text is ['+' or '-', ..] ? text.AsSpan(1) : text);
        return false;
    }

    /// <inheritdoc cref="TryInt64"/>
    public static bool TryUint64(string text, out ulong value, out string? error)
    {
        error = null;
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)) return true;
        error = Error("ParseUint", text, text);
        return false;
    }

    private static string Error(string function, string text, ReadOnlySpan<char> digits)
    {
        var isNumber = digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
        return $"strconv.{function}: parsing {GoText.Quote(text)}: {(isNumber ? "value out of range" : "invalid syntax")}";
    }
}
