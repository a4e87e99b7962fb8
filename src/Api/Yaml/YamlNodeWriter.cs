using System.Text.Json;

namespace Coxswain.Api;

/// <summary>Writes a document as JSON, aliases spelt out. How much may come of it is bounded, for a few lines of aliases of aliases can mean gigabytes.</summary>
internal sealed class YamlNodeWriter(Utf8JsonWriter json)
{
    private const int MaximumNodes = 1_000_000;
    private const int MaximumDepth = 1_000;

    private int _nodes;
    private int _depth;

    public void Write(YamlNode node)
    {
        Enter(node);
        switch (node)
        {
            case YamlScalar scalar: YamlScalarRules.Write(scalar, json); break;
            case YamlSequence sequence: WriteSequence(sequence); break;
            case YamlMapping mapping:
                json.WriteStartObject();
                WritePairs(mapping, []);
                json.WriteEndObject();
                break;
        }
        _depth--;
    }

    /// <summary>A chain of aliases can be deeper than the text that it came from.</summary>
    private void Enter(YamlNode node)
    {
        if (++_nodes > MaximumNodes) throw new YamlFormatException(node.Line, "document contains excessive aliasing");
        if (++_depth > MaximumDepth) throw new YamlFormatException(node.Line, "exceeded max depth");
    }

    private void WriteSequence(YamlSequence sequence)
    {
        json.WriteStartArray();
        foreach (var item in sequence.Items) Write(item);
        json.WriteEndArray();
    }

    /// <param name="taken">Keys that stand nearer than this mapping, which is merged into theirs.</param>
    private void WritePairs(YamlMapping mapping, HashSet<string> taken)
    {
        var own = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Pairs)
        {
            if (IsMerge(key)) continue;
            var name = YamlScalarRules.Key(key);
            own.Add(name);
            if (taken.Contains(name)) continue;
            json.WritePropertyName(name);
            Write(value);
        }
        foreach (var (key, value) in mapping.Pairs)
        {
            if (!IsMerge(key)) continue;
            own.UnionWith(taken);
            foreach (var merged in Merged(value))
            {
                Enter(merged);
                WritePairs(merged, own);
                _depth--;
                own.UnionWith(merged.Pairs.Where(p => !IsMerge(p.Key)).Select(p => YamlScalarRules.Key(p.Key)));
            }
        }
    }

    private static bool IsMerge(YamlNode key) => key is YamlScalar { IsPlain: true, Text: "<<" };

    private static IEnumerable<YamlMapping> Merged(YamlNode value) => value switch
    {
        YamlMapping mapping => [mapping],
        YamlSequence sequence when sequence.Items.All(i => i is YamlMapping) => sequence.Items.Cast<YamlMapping>(),
        _ => throw new YamlFormatException(value.Line, "map merge requires map or sequence of maps as the value"),
    };
}
