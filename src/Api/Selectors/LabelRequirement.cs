using System.Globalization;

namespace Coxswain.Api;

/// <summary>One term of a label selector.</summary>
public sealed record LabelRequirement(string Key, SelectorOperator Operator, IReadOnlyList<string> Values)
{
    public bool Matches(string? value) => Operator switch
    {
        SelectorOperator.Equals => value is not null && value == Values[0],
        SelectorOperator.NotEquals => value is null || value != Values[0],
        SelectorOperator.In => value is not null && Values.Contains(value),
        SelectorOperator.NotIn => value is null || !Values.Contains(value),
        SelectorOperator.Exists => value is not null,
        SelectorOperator.DoesNotExist => value is null,
        SelectorOperator.GreaterThan => Number(value) > Number(Values[0]),
        _ => Number(value) < Number(Values[0]),
    };

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : null;
}
