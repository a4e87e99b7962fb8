using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Coxswain.Api;

/// <summary>Builds one document from the parser's events. The depth is bounded: the parser's cost grows with it, and so does our stack.</summary>
internal sealed class YamlNodeReader(IParser parser, CancellationToken ct)
{
    private const int MaximumDepth = 1_000;
    /// <summary>A node takes far more memory than its text; even a manifest of 3 MiB has fewer.</summary>
    private const int MaximumNodes = 500_000;

    private readonly Dictionary<string, YamlNode?> _anchors = new(StringComparer.Ordinal);
    private int _depth;
    private int _nodes;

    public YamlNode Read()
    {
        ct.ThrowIfCancellationRequested();
        var line = parser.Current?.Start.Line ?? 0;
        if (++_nodes > MaximumNodes) throw new YamlFormatException($"document has more than {MaximumNodes} nodes");
        if (++_depth > MaximumDepth) throw new YamlFormatException(line, "exceeded max depth");
        YamlNode node = parser.Current switch
        {
            AnchorAlias => Alias(line),
            Scalar => ScalarNode(line),
            SequenceStart => Sequence(line),
            MappingStart => Mapping(line),
            _ => throw new YamlFormatException(line, "did not find expected node content"),
        };
        _depth--;
        return node;
    }

    private YamlAlias Alias(long line)
    {
        var name = parser.Consume<AnchorAlias>().Value.Value;
        if (!_anchors.TryGetValue(name, out var node)) throw new YamlFormatException(line, $"unknown anchor '{name}' referenced");
        return new YamlAlias(line, node ?? throw new YamlFormatException(line, $"anchor '{name}' value contains itself"));
    }

    private YamlScalar ScalarNode(long line)
    {
        var scalar = parser.Consume<Scalar>();
        var node = new YamlScalar(line, scalar.Value, scalar.Tag.IsEmpty ? "" : scalar.Tag.Value, scalar.Style == ScalarStyle.Plain);
        Remember(scalar.Anchor, node);
        return node;
    }

    private YamlSequence Sequence(long line)
    {
        var start = parser.Consume<SequenceStart>();
        Remember(start.Anchor, null);
        var items = new List<YamlNode>();
        while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(Read());
        var node = new YamlSequence(line, items);
        Remember(start.Anchor, node);
        return node;
    }

    private YamlMapping Mapping(long line)
    {
        var start = parser.Consume<MappingStart>();
        Remember(start.Anchor, null);
        var pairs = new List<(YamlNode, YamlNode)>();
        while (!parser.TryConsume<MappingEnd>(out _)) pairs.Add((Read(), Read()));
        var node = new YamlMapping(line, pairs);
        Remember(start.Anchor, node);
        return node;
    }

    private void Remember(AnchorName anchor, YamlNode? node)
    {
        if (!anchor.IsEmpty) _anchors[anchor.Value] = node;
    }
}
