namespace Coxswain.Node.Pods;

/// <summary>A container cannot be started now; the reason and message are what its state shows while it waits.</summary>
/// <param name="reason"><c>ImagePullBackOff</c>, <c>CreateContainerConfigError</c> ...</param>
internal sealed class StartFailure(string reason, string message, TimeSpan? retryAfter = null) : Exception(message)
{
    public string Reason { get; } = reason;
    /// <summary>Null: after the usual pause, or when something referred to changes.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
