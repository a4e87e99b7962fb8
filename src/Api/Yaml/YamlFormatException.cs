namespace Coxswain.Api;

/// <summary>A manifest that is no YAML.</summary>
/// <param name="line">From 1.</param>
public sealed class YamlFormatException(long line, string problem) : Exception($"error converting YAML to JSON: yaml: line {line}: {problem}")
{
    public long Line { get; } = line;
    /// <summary>As the parser itself says it: line and problem.</summary>
    public string Problem { get; } = $"yaml: line {line}: {problem}";
}
