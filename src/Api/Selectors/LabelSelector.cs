namespace Coxswain.Api;

/// <summary>A parsed <c>labelSelector</c> query parameter: <c>app=web,tier in (a, b),!old</c>. All its terms must hold.</summary>
public sealed class LabelSelector
{
    /// <summary>Every object that is listed or watched is matched against every term.</summary>
    internal const int MaximumTerms = 1000;

    private readonly LabelRequirement[] _requirements;

    internal LabelSelector(IEnumerable<LabelRequirement> requirements) => _requirements = [.. requirements];

    public static LabelSelector Everything { get; } = new([]);

    public IReadOnlyList<LabelRequirement> Requirements => _requirements;
    public bool IsEmpty => _requirements.Length == 0;

    /// <exception cref="FormatException">With the text that belongs in the answer.</exception>
    public static LabelSelector Parse(string? text) => string.IsNullOrEmpty(text) ? Everything : new LabelSelectorParser(text).Parse();

    public bool Matches(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        foreach (var requirement in _requirements)
        {
            if (!requirement.Matches(Find(labels, requirement.Key))) return false;
        }
        return true;
    }

    // Objects have a handful of labels: looking at each is faster than hashing.
    private static string? Find(IReadOnlyList<KeyValuePair<string, string>> labels, string key)
    {
        for (var i = 0; i < labels.Count; i++) if (labels[i].Key == key) return labels[i].Value;
        return null;
    }
}
