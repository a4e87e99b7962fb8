namespace Coxswain.Client;

/// <param name="RequeueAfter">Look at the key again after so long, even if nothing changes; null for never.</param>
public readonly record struct ReconcileResult(TimeSpan? RequeueAfter)
{
    /// <summary>Nothing more to do until something changes.</summary>
    public static ReconcileResult Done => default;

    public static ReconcileResult After(TimeSpan delay) => new(delay);
}
