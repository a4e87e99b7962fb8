using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Coxswain.Api;

/// <summary>What an unquoted word means in YAML 1.1: <c>yes</c> is true, <c>0644</c> is octal, <c>~</c> is null.</summary>
internal static partial class YamlScalarRules
{
    private static readonly HashSet<string> True = new(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], StringComparer.Ordinal);
    private static readonly HashSet<string> False = new(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], StringComparer.Ordinal);

    public static bool IsNull(string text) => text is "" or "~" or "null" or "Null" or "NULL";

    public static void Write(YamlScalar scalar, Utf8JsonWriter json)
    {
        var text = scalar.Text;
        if (!MayMean(scalar)) json.WriteStringValue(text);
        else if (IsNull(text)) json.WriteNullValue();
        else if (True.Contains(text) || False.Contains(text)) json.WriteBooleanValue(True.Contains(text));
        else if (Number(text) is { } number) json.WriteRawValue(number, skipInputValidation: true);
        else json.WriteStringValue(text);
    }

    /// <summary>Keys are strings in JSON, whatever they were in YAML.</summary>
    public static string Key(YamlNode key)
    {
        if (key is not YamlScalar scalar) throw new YamlFormatException(key.Line, "invalid map key");
        if (!MayMean(scalar)) return scalar.Text;
        if (scalar.IsNull) throw new YamlFormatException(key.Line, "invalid map key: null");
        if (True.Contains(scalar.Text)) return "true";
        return False.Contains(scalar.Text) ? "false" : Number(scalar.Text) ?? scalar.Text;
    }

    private static bool MayMean(YamlScalar scalar) => scalar.Tag.Length == 0 ? scalar.IsPlain : scalar.Tag is not ("tag:yaml.org,2002:str" or "tag:yaml.org,2002:binary" or "!");

    /// <summary>The number as JSON spells it, or null.</summary>
    private static string? Number(string text)
    {
        if (text.Length == 0 || !(char.IsAsciiDigit(text[0]) || text[0] is '+' or '-' or '.')) return null;
        var plain = text.Replace("_", "", StringComparison.Ordinal);
        var negative = plain.StartsWith('-');
        var digits = plain.TrimStart('+', '-');
        if (plain.Length - digits.Length > 1) return null;
        if (Integer(digits) is { } value) return value == 0 ? "0" : (negative ? "-" : "") + value.ToString(CultureInfo.InvariantCulture);
        if (!Decimal().IsMatch(plain) || !double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number)) return null;
        return number == Math.Floor(number) && Math.Abs(number) < 1e21 ? number.ToString("F0", CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);
    }

    private static ulong? Integer(string digits)
    {
        var (radix, body) = digits switch
        {
            ['0', 'x' or 'X', .. var rest] => (16, rest),
            ['0', 'b' or 'B', .. var rest] => (2, rest),
            ['0', 'o' or 'O', .. var rest] => (8, rest),
            ['0', .. { Length: > 0 } rest] => (8, rest),
            _ => (10, digits),
        };
        if (body.Length == 0) return null;
        ulong value = 0;
        foreach (var c in body)
        {
            var digit = char.IsAsciiHexDigit(c) ? System.Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix || value > (ulong.MaxValue - (ulong)digit) / (ulong)radix) return null;
            value = value * (ulong)radix + (ulong)digit;
        }
        return value;
    }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Decimal();
}
