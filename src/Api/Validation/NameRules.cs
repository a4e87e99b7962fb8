namespace Coxswain.Api;

/// <summary>
/// Which strings may name what. Each rule answers with what is wrong, in upstream's words (<c>apimachinery/pkg/util/validation</c>), or with nothing.
/// Use <see cref="FieldErrors.InvalidAll"/> to turn answers into findings.
/// </summary>
public static class NameRules
{
    public const int LabelMaximum = 63;
    public const int SubdomainMaximum = 253;

    private const string LabelFormat = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private const string SubdomainFormat = LabelFormat + @"(\." + LabelFormat + ")*";
    private const string QualifiedNameFormat = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private const string QualifiedNameText = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

    private static readonly string LabelError = Pattern(
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
        LabelFormat, "my-name", "123-abc");
    private static readonly string SubdomainError = Pattern(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
        SubdomainFormat, "example.com");
    private static readonly string QualifiedNameError = Pattern(QualifiedNameText, QualifiedNameFormat, "MyName", "my.name", "123-abc");
    private static readonly string LabelValueError = Pattern(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        $"({QualifiedNameFormat})?", "MyValue", "my_value", "12345");

    /// <summary>A DNS label (RFC 1123): container names, namespaces, volumes.</summary>
    public static IReadOnlyList<string> Dns1123Label(string value) => Sized(value, LabelMaximum, IsDns1123Label(value), LabelError);

    /// <summary>A DNS subdomain (RFC 1123): the name of most objects.</summary>
    public static IReadOnlyList<string> Dns1123Subdomain(string value) => Sized(value, SubdomainMaximum, IsDns1123Subdomain(value), SubdomainError);

    /// <summary>A name with an optional <c>prefix/</c>: label and annotation keys, resource names, finalizers.</summary>
    public static IReadOnlyList<string> QualifiedName(string value)
    {
        var parts = value.Split('/');
        if (parts.Length > 2)
        {
            return [$"a qualified name {QualifiedNameError} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"];
        }
        var errors = new List<string>();
        if (parts.Length == 2)
        {
            if (parts[0].Length == 0) errors.Add("prefix part must be non-empty");
            else foreach (var e in Dns1123Subdomain(parts[0])) errors.Add("prefix part " + e);
        }
        var name = parts[^1];
        if (name.Length == 0) errors.Add("name part must be non-empty");
        else if (Utf8Length(name) > LabelMaximum) errors.Add($"name part must be no more than {LabelMaximum} bytes");
        if (!IsNamePart(name)) errors.Add("name part " + QualifiedNameError);
        return errors;
    }

    public static IReadOnlyList<string> LabelValue(string value)
    {
        var tooLong = Utf8Length(value) > LabelMaximum;
        var good = value.Length == 0 || IsNamePart(value);
        if (!tooLong && good) return [];
        if (tooLong && good) return [$"must be no more than {LabelMaximum} bytes"];
        return tooLong ? [$"must be no more than {LabelMaximum} bytes", LabelValueError] : [LabelValueError];
    }

    /// <summary>What a generateName prefix is checked as: a trailing dash will be followed by the generated part.</summary>
    public static string WithoutTrailingDash(string prefix) => prefix.Length > 1 && prefix[^1] == '-' ? prefix[..^1] + "a" : prefix;

    /// <summary>A name that stands in a URL path as one segment (RBAC and a few others).</summary>
    public static IReadOnlyList<string> PathSegment(string value)
    {
        if (value is "." or "..") return [$"may not be '{value}'"];
        var errors = new List<string>();
        if (value.Contains('/')) errors.Add("may not contain '/'");
        if (value.Contains('%')) errors.Add("may not contain '%'");
        return errors;
    }

    public static bool IsDns1123Label(ReadOnlySpan<char> value)
    {
        if (value.Length == 0 || !IsLowerAlphanumeric(value[0]) || !IsLowerAlphanumeric(value[^1])) return false;
        foreach (var c in value) if (!IsLowerAlphanumeric(c) && c != '-') return false;
        return true;
    }

    public static bool IsDns1123Subdomain(ReadOnlySpan<char> value)
    {
        foreach (var part in value.Split('.')) if (!IsDns1123Label(value[part])) return false;
        return true;
    }

    /// <summary>Upstream's <c>RegexError</c>: the rule in words, examples, and the pattern itself.</summary>
    internal static string Pattern(string text, string format, params ReadOnlySpan<string> examples)
    {
        if (examples.Length == 0) return $"{text} (regex used for validation is '{format}')";
        var quoted = new string[examples.Length];
        for (var i = 0; i < quoted.Length; i++) quoted[i] = $"'{examples[i]}', ";
        return $"{text} (e.g. {string.Join(" or ", quoted)}regex used for validation is '{format}')";
    }

    internal static string MaximumText(int maximum) => $"must be no more than {maximum} characters";

    /// <summary>Lengths are counted as Go counts them, in bytes of UTF-8.</summary>
    internal static int Utf8Length(string value) => System.Text.Encoding.UTF8.GetByteCount(value);

    private static IReadOnlyList<string> Sized(string value, int maximum, bool matches, string error)
    {
        var tooLong = Utf8Length(value) > maximum;
        if (matches) return tooLong ? [MaximumText(maximum)] : [];
        return tooLong ? [MaximumText(maximum), error] : [error];
    }

    private static bool IsNamePart(string name)
    {
        if (name.Length == 0 || !char.IsAsciiLetterOrDigit(name[0]) || !char.IsAsciiLetterOrDigit(name[^1])) return false;
        foreach (var c in name) if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) return false;
        return true;
    }

    private static bool IsLowerAlphanumeric(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9');
}
