using k8s.Models;

namespace Coxswain.Api;

/// <summary>A <see cref="V1LabelSelector"/> made ready to match. Null selects nothing, an empty one everything.</summary>
public sealed class LabelMatcher
{
    private readonly KeyValuePair<string, string>[] _labels;
    private readonly V1LabelSelectorRequirement[] _expressions;
    private readonly bool _nothing;

    private LabelMatcher(KeyValuePair<string, string>[] labels, V1LabelSelectorRequirement[] expressions, bool nothing) =>
        (_labels, _expressions, _nothing) = (labels, expressions, nothing);

    public static LabelMatcher Nothing { get; } = new([], [], nothing: true);

    public static LabelMatcher From(V1LabelSelector? selector) => selector is null
        ? Nothing
        : new([.. selector.MatchLabels ?? new Dictionary<string, string>()], [.. selector.MatchExpressions ?? []], nothing: false);

    /// <summary>A plain map, as ReplicationControllers and Services have it; null or empty selects nothing.</summary>
    public static LabelMatcher FromMap(IDictionary<string, string>? labels) => labels is null or { Count: 0 } ? Nothing : new([.. labels], [], nothing: false);

    public bool IsEmpty => !_nothing && _labels.Length == 0 && _expressions.Length == 0;

    public bool Matches(IDictionary<string, string>? labels)
    {
        if (_nothing) return false;
        foreach (var (key, value) in _labels)
        {
            if (labels is null || !labels.TryGetValue(key, out var found) || found != value) return false;
        }
        foreach (var expression in _expressions)
        {
            if (!Matches(expression, labels)) return false;
        }
        return true;
    }

    private static bool Matches(V1LabelSelectorRequirement expression, IDictionary<string, string>? labels)
    {
        string? value = null;
        var present = labels is not null && labels.TryGetValue(expression.Key, out value);
        return expression.OperatorProperty switch
        {
            "In" => present && expression.Values?.Contains(value!) == true,
            "NotIn" => !present || expression.Values?.Contains(value!) != true,
            "Exists" => present,
            "DoesNotExist" => !present,
            _ => false,
        };
    }
}
