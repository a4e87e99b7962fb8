using Coxswain.Api;

namespace Coxswain.Client;

/// <summary>Brings what a key names to its desired state.</summary>
public interface IReconciler
{
    /// <summary>Looks at the present state and acts on the difference; the same key is never reconciled twice at once. Throwing means: again, after a back-off.</summary>
    Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct);
}
