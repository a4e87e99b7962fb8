namespace Coxswain.Api;

/// <summary>One document of a YAML file, as JSON, with the lines on which its values stand.</summary>
public sealed class YamlDocument
{
    private readonly YamlNode _root;

    internal YamlDocument(YamlNode root, byte[] json) => (_root, Json) = (root, json);

    public byte[] Json { get; }

    /// <summary>The line, from 1, of a value, or of the nearest around it; inside what an alias stands for, the anchor's.</summary>
    /// <param name="path">As System.Text.Json writes paths: <c>$.spec.containers[0].name</c>, <c>$['a.b']</c>.</param>
    public long LineOf(string path)
    {
        var node = _root;
        for (var i = 1; i < path.Length && Step(node.Resolved, path, ref i) is { } next;) node = next;
        return node.Resolved.Line;
    }

    /// <summary>The first key that stands twice in one mapping, with its second line; null when there is none.</summary>
    public (string Key, long Line)? FirstDuplicate() => FirstDuplicate(_root);

    /// <summary>What an alias stands for is looked at where its anchor stands.</summary>
    private static (string Key, long Line)? FirstDuplicate(YamlNode node)
    {
        if (node is YamlSequence sequence) return sequence.Items.Select(FirstDuplicate).FirstOrDefault(found => found is not null);
        if (node is not YamlMapping mapping) return null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Pairs)
        {
            if (key.Resolved is YamlScalar scalar && !seen.Add(scalar.Text)) return (scalar.Text, scalar.Line);
            if (FirstDuplicate(value) is { } found) return found;
        }
        return null;
    }

    /// <summary>One step down the path; null where it leads nowhere.</summary>
    private static YamlNode? Step(YamlNode node, string path, ref int at)
    {
        var start = at + 1;
        if (path[at] == '[')
        {
            var close = path.IndexOf(']', at);
            if (close < 0) return null;
            at = close + 1;
            var inside = path[start..close];
            return inside.StartsWith('\'') ? Child(node, inside.Trim('\'')) : Item(node, inside);
        }
        var end = path.AsSpan(start).IndexOfAny('.', '[');
        at = end < 0 ? path.Length : start + end;
        return Child(node, path[start..at]);
    }

    private static YamlNode? Item(YamlNode node, string index) =>
        node is YamlSequence sequence && int.TryParse(index, out var i) && i < sequence.Items.Count ? sequence.Items[i] : null;

    private static YamlNode? Child(YamlNode node, string key) =>
        node is YamlMapping mapping ? Child(mapping, key, new HashSet<YamlNode>(ReferenceEqualityComparer.Instance)) : null;

    /// <param name="seen">Mappings that were searched already: one can be merged any number of times.</param>
    private static YamlNode? Child(YamlMapping mapping, string key, HashSet<YamlNode> seen)
    {
        if (!seen.Add(mapping)) return null;
        var own = mapping.Pairs.FirstOrDefault(pair => pair.Key.Resolved is YamlScalar scalar && scalar.Text == key).Value;
        return own ?? mapping.Pairs.Where(pair => pair.Key.IsMergeKey && pair.Value.Resolved is YamlMapping)
            .Select(pair => Child((YamlMapping)pair.Value.Resolved, key, seen)).FirstOrDefault(found => found is not null);
    }
}
