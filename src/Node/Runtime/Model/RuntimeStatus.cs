namespace Coxswain.Node.Runtime;

/// <summary>What the node's Ready condition follows, and what the runtime can do.</summary>
public sealed record RuntimeStatus(RuntimeCondition RuntimeReady, RuntimeCondition NetworkReady)
{
    /// <summary>By name; empty for those that do not say.</summary>
    public IReadOnlyList<RuntimeHandler> Handlers { get; init; } = [];
    /// <summary>Whether it heeds <c>supplementalGroupsPolicy</c>; null from those that do not say.</summary>
    public bool? SupplementalGroupsPolicy { get; init; }

    /// <param name="handler">Empty for the default one.</param>
    public bool CanMakeMountsReadOnlyAllTheWay(string handler) => Handlers.Any(h => h.Name == handler && h.RecursiveReadOnlyMounts);
}
