namespace Coxswain.Node.Runtime;

/// <summary>A call to the runtime that failed. The message is spelled as the kubelet shows it in Events: <c>rpc error: code = Unknown desc = ...</c>.</summary>
/// <param name="description">The runtime's own text.</param>
public sealed class RuntimeException(RuntimeErrorCode code, string description, Exception? inner = null)
    : Exception($"rpc error: code = {code} desc = {description}", inner)
{
    public RuntimeErrorCode Code { get; } = code;

    /// <summary>The runtime's own text, without the code.</summary>
    public string Description { get; } = description;
}
