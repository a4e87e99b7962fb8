using System.Globalization;
using System.Numerics;

namespace Coxswain.Api;

/// <summary>Reads quantities: a decimal number and an SI, binary or exponent suffix.</summary>
internal static class QuantityParser
{
    private const string SuffixError = "unable to parse quantity's suffix";
    private const string NumberError = "unable to parse numeric part of quantity";

    /// <summary>By power of 1000, from -3; by power of 1024, from 0.</summary>
    public static readonly string[] DecimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    public static readonly string[] BinarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

    public static bool TryParse(string text, out Quantity value, out string? error)
    {
        value = default;
        error = Split(text, out var negative, out var digits, out var decimals, out var suffix);
        if (error is not null) return false;
        if (!TrySuffix(suffix, out var format, out var exponent))
        {
            error = SuffixError;
            return false;
        }
        if (digits.Length + decimals.Length > 400)
        {
            error = NumberError;
            return false;
        }
        value = Make(negative, digits, decimals, format, exponent);
        return true;
    }

    private static Quantity Make(bool negative, string digits, string decimals, QuantityFormat format, int exponent)
    {
        var number = BigInteger.Parse("0" + digits + decimals, NumberStyles.None, CultureInfo.InvariantCulture);
        if (number.IsZero) return new Quantity(0, format);
        // In billionths: scale by the suffix, then round up what is finer.
        var shift = 9L - decimals.Length + (format == QuantityFormat.BinarySI ? 0 : exponent);
        if (format == QuantityFormat.BinarySI) number <<= exponent;
        if (shift >= 0) number *= BigInteger.Pow(10, (int)Math.Min(shift, 60));
        else number = Ceiling(number, BigInteger.Pow(10, (int)Math.Min(-shift, 500)));
        // Upstream caps only what does not fit its fast path.
        var limit = digits.Length + decimals.Length < 18 ? (BigInteger)(Int128.MaxValue / 4) : (BigInteger)long.MaxValue * 1_000_000_000;
        var nano = (Int128)BigInteger.Min(number, limit);
        // A binary quantity below one is a decimal fraction.
        if (format == QuantityFormat.BinarySI && nano < 1_000_000_000) format = QuantityFormat.DecimalSI;
        return new Quantity(negative ? -nano : nano, format);
    }

    private static BigInteger Ceiling(BigInteger number, BigInteger by)
    {
        var quotient = BigInteger.DivRem(number, by, out var remainder);
        return remainder.IsZero ? quotient : quotient + 1;
    }

    private static string? Split(string text, out bool negative, out string digits, out string decimals, out string suffix)
    {
        (negative, digits, decimals, suffix) = (false, "", "", "");
        text = text.Trim();
        if (text.Length == 0) return Quantity.FormatError;
        negative = text[0] == '-';
        var at = text[0] is '+' or '-' ? 1 : 0;
        digits = Digits(text, ref at);
        if (at < text.Length && text[at] == '.')
        {
            at++;
            decimals = Digits(text, ref at);
        }
        suffix = text[at..];
        while (at < text.Length && "eEinumkKMGTP".Contains(text[at])) at++;
        if (at < text.Length && text[at] is '+' or '-') at++;
        Digits(text, ref at);
        return at < text.Length ? Quantity.FormatError : null;
    }

    private static string Digits(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return text[start..at];
    }

    private static bool TrySuffix(string suffix, out QuantityFormat format, out int exponent)
    {
        var binary = Array.IndexOf(BinarySuffixes, suffix, 1);
        if (binary > 0)
        {
            (format, exponent) = (QuantityFormat.BinarySI, binary * 10);
            return true;
        }
        var power = Array.IndexOf(DecimalSuffixes, suffix);
        (format, exponent) = (QuantityFormat.DecimalSI, (power - 3) * 3);
        if (power >= 0) return true;
        format = QuantityFormat.DecimalExponent;
        return suffix.Length > 1 && suffix[0] is 'e' or 'E' && int.TryParse(suffix.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent);
    }
}
