using System.Text.Json;

namespace Coxswain.Api;

/// <summary>Writes a document as JSON, with aliases and merge keys expanded.</summary>
internal sealed class YamlNodeWriter(Utf8JsonWriter json, YamlBudget budget)
{
    public void Write(YamlNode node)
    {
        budget.Enter(node);
        switch (node.Resolved)
        {
            case YamlScalar scalar: YamlScalarRules.Write(scalar, json); break;
            case YamlSequence sequence: WriteSequence(sequence); break;
            case YamlMapping mapping: WriteMapping(mapping); break;
        }
        budget.Leave(node);
    }

    private void WriteSequence(YamlSequence sequence)
    {
        json.WriteStartArray();
        foreach (var item in sequence.Items) Write(item);
        json.WriteEndArray();
    }

    private void WriteMapping(YamlMapping mapping)
    {
        json.WriteStartObject();
        var merges = false;
        foreach (var (key, value) in mapping.Pairs)
        {
            budget.Visit(key);
            if (key.IsMergeKey) merges = true;
            else WritePair(KeyOf(key), value);
        }
        if (merges) Merge(mapping, mapping.Pairs.Where(p => !p.Key.IsMergeKey).Select(p => KeyOf(p.Key)).ToHashSet(StringComparer.Ordinal));
        json.WriteEndObject();
    }

    private void WritePair(string key, YamlNode value)
    {
        json.WritePropertyName(key);
        Write(value);
    }

    /// <summary>Writes what the merge keys of a mapping bring in.</summary>
    /// <param name="taken">Keys written so far, one set for the whole object: the nearest mapping wins, then the first.</param>
    private void Merge(YamlMapping mapping, HashSet<string> taken)
    {
        foreach (var (key, value) in mapping.Pairs)
        {
            budget.Visit(key);
            if (!key.IsMergeKey) continue;
            budget.Enter(value);
            foreach (var merged in Merged(value.Resolved))
            {
                budget.Enter(merged);
                MergeOne((YamlMapping)merged.Resolved, taken);
                budget.Leave(merged);
            }
            budget.Leave(value);
        }
    }

    private void MergeOne(YamlMapping merged, HashSet<string> taken)
    {
        foreach (var (key, value) in merged.Pairs)
        {
            budget.Visit(key);
            if (!key.IsMergeKey && KeyOf(key) is var name && taken.Add(name)) WritePair(name, value);
        }
        Merge(merged, taken);
    }

    private static string KeyOf(YamlNode key) => YamlScalarRules.Key(key.Resolved);

    private static IEnumerable<YamlNode> Merged(YamlNode value) => value switch
    {
        YamlMapping mapping => [mapping],
        YamlSequence sequence when sequence.Items.All(i => i.Resolved is YamlMapping) => sequence.Items,
        _ => throw new YamlFormatException("map merge requires map or sequence of maps as the value"),
    };
}
