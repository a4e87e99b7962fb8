using Coxswain.Node.Runtime;

namespace Coxswain.Node.NodeStatus;

/// <summary>What the runtime says of itself.</summary>
/// <param name="Status">Null when it does not answer.</param>
internal sealed record RuntimeView(RuntimeVersion Version, RuntimeStatus? Status, IReadOnlyList<ImageInfo> Images)
{
    /// <summary>Whether it has ever answered this agent.</summary>
    public bool HasAnswered { get; init; }

    public bool Ready => Status is { RuntimeReady.Ready: true, NetworkReady.Ready: true };
}
