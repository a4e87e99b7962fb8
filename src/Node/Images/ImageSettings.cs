namespace Coxswain.Node.Images;

/// <summary>How an image's containers start unless told otherwise.</summary>
public sealed record ImageSettings
{
    public IReadOnlyList<string> Entrypoint { get; init; } = [];
    public IReadOnlyList<string> Command { get; init; } = [];
    /// <summary><c>NAME=value</c></summary>
    public IReadOnlyList<string> Environment { get; init; } = [];
    public string WorkingDirectory { get; init; } = "";
    /// <summary>A name, a number, or <c>user:group</c>.</summary>
    public string User { get; init; } = "";
    public string StopSignal { get; init; } = "";
}
