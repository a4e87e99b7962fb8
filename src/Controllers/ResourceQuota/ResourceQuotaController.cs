using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Reports in each quota's status what is allowed and what is used. Writes are held to the spec by the server itself; nothing waits for this report.</summary>
internal sealed class ResourceQuotaController : IControlLoop, IReconciler
{
    /// <summary>Objects come and go in bursts: one count for those of a moment.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(10);

    private readonly ControllerContext _context;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly Informer<V1ResourceQuota> _quotas;
    private readonly IReadOnlyList<QuotedKind> _kinds;

    public ResourceQuotaController(ControllerContext context, IEnumerable<ResourceType> types)
    {
        (_context, _queue) = (context, context.NewQueue());
        _quotas = context.Caches.For(Kinds.ResourceQuotas);
        _quotas.AddHandler(change => _queue.Add(KeyOf(change.Value)));
        var factory = new QuotedKind.Factory(context);
        _kinds = [.. types.Where(QuotaNames.IsCharged).Select(type => type.Accept(factory))];
        foreach (var kind in _kinds) kind.OnUsage(OnUsage);
    }

    public string Name => "resourcequota-controller";

    public Task RunAsync(CancellationToken ct) => _context.RunAsync(Name, this, _queue, workers: 2, ct);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (!_quotas.Cache.TryGet(key, out var quota)) return ReconcileResult.Done;
        var rules = new QuotaRules(quota.Spec);
        var (used, overdueAt) = Count(key.Namespace, rules);
        var status = new V1ResourceQuotaStatus { Hard = new Dictionary<string, ResourceQuantity>(), Used = new Dictionary<string, ResourceQuantity>() };
        for (var i = 0; i < rules.Names.Count; i++)
        {
            var name = rules.Names[i];
            status.Hard[name] = quota.Spec.Hard[name];
            if (QuotaRules.IsTracked(name)) status.Used[name] = used[i].ToResourceQuantity();
            else if (quota.Status?.Used?.TryGetValue(name, out var kept) == true) status.Used[name] = kept; // somebody else's to count
        }
        if (!IsSame(quota.Status, status)) await WriteAsync(quota, status, ct);
        return overdueAt is { } at ? ReconcileResult.After(at - _context.Now + Settle) : ReconcileResult.Done;
    }

    private (Quantity[] Used, DateTime? OverdueAt) Count(string ns, QuotaRules rules)
    {
        var (used, overdueAt) = (new Quantity[rules.Names.Count], (DateTime?)null);
        foreach (var kind in _kinds)
        {
            if (kind.AddUsage(ns, rules, used, _context.Now) is { } at && !(at > overdueAt)) overdueAt = at;
        }
        return (used, overdueAt);
    }

    private async Task WriteAsync(V1ResourceQuota quota, V1ResourceQuotaStatus status, CancellationToken ct)
    {
        var copy = Kinds.ResourceQuotas.Clone(quota);
        copy.Status = status;
        try
        {
            await _context.Client.UpdateAsync(Kinds.ResourceQuotas, copy, "status", ct);
        }
        catch (StatusException e) when (e.Code == 404) { } // gone already
    }

    private void OnUsage(ResourceType type, string ns)
    {
        foreach (var quota in _quotas.Cache.ByNamespace.Get(ns))
        {
            if (quota.Spec?.Hard?.Keys.Any(name => QuotaNames.Covers(type, name)) == true) _queue.AddAfter(KeyOf(quota), Settle);
        }
    }

    private static bool IsSame(V1ResourceQuotaStatus? a, V1ResourceQuotaStatus b) => IsSame(a?.Hard, b.Hard) && IsSame(a?.Used, b.Used);

    private static bool IsSame(IDictionary<string, ResourceQuantity>? a, IDictionary<string, ResourceQuantity> b) =>
        (a?.Count ?? 0) == b.Count && b.All(p => a!.TryGetValue(p.Key, out var value) && value.ToQuantity() == p.Value.ToQuantity());

    private static NamespacedName KeyOf(V1ResourceQuota quota) => new(quota.Metadata.NamespaceProperty, quota.Metadata.Name);
}
