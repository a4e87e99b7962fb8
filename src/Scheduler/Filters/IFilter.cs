namespace Coxswain.Scheduler;

/// <summary>One rule that a node must meet to take a Pod.</summary>
internal interface IFilter
{
    /// <summary>What may change this filter's mind.</summary>
    ClusterEvents HelpedBy { get; }

    /// <summary>Null: the node will do.</summary>
    Rejection? Check(PodInfo pod, NodeInfo node);
}

/// <summary>Why a node will not do.</summary>
/// <param name="Reasons">As users read them behind the number of nodes.</param>
/// <param name="IsFinal">Taking other Pods off the node would not help.</param>
internal sealed record Rejection(IReadOnlyList<string> Reasons, bool IsFinal)
{
    public ClusterEvents HelpedBy { get; init; }

    public static Rejection Final(string reason) => new([reason], true);
    public static Rejection Resolvable(string reason) => new([reason], false);
}
