namespace Coxswain.Api;

/// <summary>A manifest that is no YAML.</summary>
/// <param name="line">From 1.</param>
public sealed class YamlFormatException(long line, string problem) : Exception($"error converting YAML to JSON: yaml: line {line}: {problem}")
{
    public long Line { get; } = line;
}
