namespace Coxswain.Api;

/// <summary>Unknown and duplicate fields of a body, each named once, in the order met. As upstream, at most a hundred.</summary>
internal sealed class StrictFindings
{
    private const int Maximum = 100;
    /// <summary>In characters: each finding contains its whole path, which can be as long as the body.</summary>
    private const int MaximumText = 256 * 1024;
    /// <summary>After so many findings, duplicates among them included, none is added: one field can occur a million times.</summary>
    private const int MaximumLooks = 10_000;

    private readonly List<string> _texts = [];
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private int _length;
    private int _looks;

    public IReadOnlyList<string> Texts => _texts;

    private bool IsFull => _texts.Count >= Maximum || _length > MaximumText;

    /// <param name="what"><c>unknown</c>, <c>duplicate</c>.</param>
    public void Add(string what, FieldTrail trail, string name)
    {
        if (IsFull || ++_looks > MaximumLooks) return;
        var text = $"{what} field {GoText.Quote(trail.Strict(name))}";
        if (!_reported.Add(text)) return;
        _texts.Add(text);
        _length += text.Length;
    }
}
