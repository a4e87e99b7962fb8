namespace Coxswain.Api;

/// <summary>What is odd about a body though it can be used: unknown and duplicate fields, each named once, in the order met. As upstream's, the list ends after a hundred.</summary>
internal sealed class StrictFindings
{
    private const int Maximum = 100;
    /// <summary>Each names its whole path, and a body can make paths as long as itself.</summary>
    private const int MaximumText = 256 * 1024;
    /// <summary>One field may stand there a million times.</summary>
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
