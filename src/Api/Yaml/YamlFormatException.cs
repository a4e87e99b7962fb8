namespace Coxswain.Api;

/// <summary>A manifest that is no YAML.</summary>
public sealed class YamlFormatException : Exception
{
    /// <param name="line">From 1.</param>
    public YamlFormatException(long line, string problem) : this(line, $"line {line}: ", problem) { }

    /// <summary>Of a fault that lies in no one place.</summary>
    public YamlFormatException(string problem) : this(1, "", problem) { }

    private YamlFormatException(long line, string place, string problem) : base($"error converting YAML to JSON: yaml: {place}{problem}") =>
        (Line, Problem) = (line, $"yaml: {place}{problem}");

    public long Line { get; }
    /// <summary>As the parser itself says it: line and problem.</summary>
    public string Problem { get; }
}
