using System.Text;

namespace Coxswain.Api;

/// <summary>A parsed <c>fieldSelector</c> query parameter: <c>spec.nodeName=n1,status.phase!=Failed</c>. All its terms must hold.</summary>
public sealed class FieldSelector
{
    private FieldSelector(IReadOnlyList<FieldRequirement> requirements) => Requirements = requirements;

    public static FieldSelector Everything { get; } = new([]);

    public IReadOnlyList<FieldRequirement> Requirements { get; }
    public bool IsEmpty => Requirements.Count == 0;

    /// <exception cref="FormatException">With the text that belongs in the answer.</exception>
    public static FieldSelector Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return Everything;
        var requirements = new List<FieldRequirement>();
        foreach (var term in Terms(text))
        {
            if (term.Length == 0) continue;
            if (requirements.Count == LabelSelector.MaximumTerms)
                throw new FormatException($"a field selector may have {LabelSelector.MaximumTerms} terms at most");
            requirements.Add(Requirement(term) ?? throw new FormatException($"invalid selector: '{text}'; can't understand '{term}'"));
        }
        return new FieldSelector(requirements);
    }

    /// <summary>The value that an object must have in a field, when the selector says so: a lookup by name is cheaper than a walk.</summary>
    public string? Required(string field) => Requirements.FirstOrDefault(r => r.Equal && r.Field == field)?.Value;

    /// <summary>Cut at commas that no backslash stands before.</summary>
    private static IEnumerable<string> Terms(string text)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\') i++;
            else if (text[i] == ',')
            {
                yield return text[start..i];
                start = i + 1;
            }
        }
        yield return text[start..];
    }

    private static FieldRequirement? Requirement(string term)
    {
        for (var i = 0; i < term.Length; i++)
        {
            var rest = term.AsSpan(i);
            if (rest.StartsWith("!=")) return new FieldRequirement(term[..i], false, Unescape(term[(i + 2)..]));
            if (rest.StartsWith("==")) return new FieldRequirement(term[..i], true, Unescape(term[(i + 2)..]));
            if (rest[0] == '=') return new FieldRequirement(term[..i], true, Unescape(term[(i + 1)..]));
        }
        return null;
    }

    private static string Unescape(string value)
    {
        if (value.AsSpan().IndexOfAny('\\', ',', '=') < 0) return value;
        var b = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is ',' or '=') throw new FormatException($"invalid field selector: unescaped character in value: {value[i]}");
            if (value[i] == '\\')
            {
                if (++i == value.Length) throw new FormatException("invalid field selector: invalid escape sequence: \\");
                if (value[i] is not ('\\' or ',' or '=')) throw new FormatException($"invalid field selector: invalid escape sequence: \\{value[i]}");
            }
            b.Append(value[i]);
        }
        return b.ToString();
    }
}
