using System.Globalization;

namespace Coxswain.Api;

/// <summary>One term of a label selector.</summary>
public sealed record LabelRequirement(string Key, SelectorOperator Operator, IReadOnlyList<string> Values)
{
    private readonly HashSet<string>? _many = Values.Count > 8 ? new(Values, StringComparer.Ordinal) : null;

    public bool Matches(string? value) => Operator switch
    {
        SelectorOperator.Equals => value is not null && value == Values[0],
        SelectorOperator.NotEquals => value is null || value != Values[0],
        SelectorOperator.In => value is not null && Has(value),
        SelectorOperator.NotIn => value is null || !Has(value),
        SelectorOperator.Exists => value is not null,
        SelectorOperator.DoesNotExist => value is null,
        SelectorOperator.GreaterThan => Number(value) > Number(Values[0]),
        _ => Number(value) < Number(Values[0]),
    };

    private bool Has(string value) => _many is null ? Values.Contains(value) : _many.Contains(value);

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : null;
}
