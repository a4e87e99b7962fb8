namespace Coxswain.Node.Probes;

public enum ProbeResult
{
    Success,
    /// <summary>Good, but there is something to say about it.</summary>
    Warning,
    Failure,
    Unknown,
}

/// <param name="Output">What the Event says of it.</param>
internal readonly record struct ProbeOutcome(ProbeResult Result, string Output)
{
    public static ProbeOutcome Success { get; } = new(ProbeResult.Success, "");
    public static ProbeOutcome Warning(string output) => new(ProbeResult.Warning, output);
    public static ProbeOutcome Failure(string output) => new(ProbeResult.Failure, output);
    /// <summary>The probe itself could not be carried out.</summary>
    public static ProbeOutcome Unknown(string output) => new(ProbeResult.Unknown, output);
}
