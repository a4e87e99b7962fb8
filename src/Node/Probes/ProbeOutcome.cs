namespace Coxswain.Node.Probes;

public enum ProbeResult { Success, Failure, Unknown }

/// <param name="Output">What the Event says of a failure.</param>
internal readonly record struct ProbeOutcome(ProbeResult Result, string Output)
{
    public static ProbeOutcome Success { get; } = new(ProbeResult.Success, "");
    public static ProbeOutcome Failure(string output) => new(ProbeResult.Failure, output);
    /// <summary>The probe itself could not be carried out.</summary>
    public static ProbeOutcome Unknown(string output) => new(ProbeResult.Unknown, output);
}
