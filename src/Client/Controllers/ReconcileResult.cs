namespace Coxswain.Client;

/// <param name="RequeueAfter">Look at the key again after so long, even if nothing changes; null for never.</param>
/// <param name="Retry">It did not work, in a way that has been told already: look again after a back-off, as after an exception, but log nothing.</param>
public readonly record struct ReconcileResult(TimeSpan? RequeueAfter, bool Retry = false)
{
    /// <summary>Nothing more to do until something changes.</summary>
    public static ReconcileResult Done => default;

    public static ReconcileResult After(TimeSpan delay) => new(delay);
}
