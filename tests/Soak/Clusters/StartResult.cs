namespace Coxswain.Soak.Clusters;

/// <summary>How a start of <c>cox up</c> went.</summary>
/// <param name="Ready">It said that the cluster is ready, and runs.</param>
/// <param name="ExitCode">Null while it runs.</param>
/// <param name="Said">Both its outputs.</param>
internal sealed record StartResult(bool Ready, int? ExitCode, string Said)
{
    /// <summary>Ended by itself, with an error code and a word about <paramref name="file"/>.</summary>
    public bool RefusedFor(string file) => !Ready && ExitCode is not (null or 0) && Said.Contains(file, StringComparison.Ordinal);

    /// <summary>For a finding.</summary>
    public string Describe() =>
        (Ready ? "became ready" : ExitCode is { } code ? $"ended with {code}" : "neither became ready nor ended")
        + $": {Texts.Short(Said.Trim(), 400)}";
}
