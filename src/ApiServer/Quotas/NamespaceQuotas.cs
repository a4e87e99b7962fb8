using Coxswain.Api;
using Coxswain.ApiServer.Admission;
using Coxswain.ApiServer.Pipeline;
using k8s.Models;

namespace Coxswain.ApiServer.Quotas;

/// <summary>The quotas of one namespace and the charges in flight.</summary>
internal sealed class NamespaceQuotas(ApiServerCore core, string ns)
{
    private readonly Lock _lock = new(); // guards all below; no wait under it
    private readonly SortedDictionary<string, QuotaAccount> _accounts = new(StringComparer.Ordinal);
    private readonly List<QuotaCharge> _charges = [];

    public bool IsEmpty
    {
        get { lock (_lock) return _accounts.Count == 0; }
    }

    /// <exception cref="StatusException">403.</exception>
    public QuotaCharge? Charge(AdmissionRequest request)
    {
        var (type, now) = (request.Definition.ResourceType, core.Time.GetUtcNow().UtcDateTime);
        lock (_lock)
        {
            var concerned = new List<(QuotaAccount Account, Quantity[] Usage)>();
            foreach (var account in _accounts.Values)
            {
                if (account.Rules.Measure(type, request.Object!, now) is { } usage) concerned.Add((account, usage));
            }
            foreach (var (account, _) in concerned) Constrain(request, account);
            foreach (var (account, usage) in concerned) Check(request, account, usage, now);
            return concerned.Count > 0 && !request.Context.DryRun ? Hold(request) : null;
        }
    }

    /// <summary>What the charge was for now counts as what it is.</summary>
    public void Changed(StoredResource resource, string key, QuotaCharge? charge)
    {
        lock (_lock)
        {
            if (charge is not null) ReleaseLocked(charge); // in one step with the count: nobody sees it twice or not at all
            foreach (var account in _accounts.Values) Count(account, resource, key);
        }
    }

    public void Release(QuotaCharge charge)
    {
        lock (_lock) ReleaseLocked(charge);
    }

    /// <summary>A quota was written or deleted.</summary>
    public void Refresh(StoredResource quotas, string key)
    {
        lock (_lock)
        {
            var name = key[(key.LastIndexOf('/') + 1)..];
            if (core.Store.Get(key) is not { } stored)
            {
                _accounts.Remove(name);
                return;
            }
            var quota = (V1ResourceQuota)quotas.Shared(stored);
            if (_accounts.TryGetValue(name, out var known) && known.IsFor(quota)) return;
            _accounts[name] = Open(quota);
        }
    }

    /// <summary>Counts what is there and what is on its way.</summary>
    private QuotaAccount Open(V1ResourceQuota quota)
    {
        var account = new QuotaAccount(quota);
        foreach (var resource in core.Endpoints.Where(e => ReferenceEquals(e.ServedType, e.Definition.ResourceType) && account.Rules.Charged.Contains(e.ServedType)).Select(e => e.Stored))
        {
            foreach (var stored in core.Store.Range(resource.KeysOf(ns))?.Values ?? []) Count(account, resource, stored.Key);
        }
        foreach (var charge in _charges) Hold(account, charge);
        return account;
    }

    private void Count(QuotaAccount account, StoredResource resource, string key)
    {
        if (!account.Rules.Charged.Contains(resource.Type)) return;
        if (core.Store.Get(key) is not { } stored)
        {
            account.Set(key, null);
            return;
        }
        if (account.Rules.PlainCount(resource.Type) is { } plain)
        {
            account.Set(key, plain);
            return;
        }
        var (value, now) = (resource.Shared(stored), core.Time.GetUtcNow().UtcDateTime);
        var overdue = QuotaUsage.OverdueAt(value);
        account.Set(key, account.Rules.Measure(resource.Type, value, now), overdue, overdue is null ? null : account.Rules.Measure(resource.Type, value, DateTime.MaxValue));
    }

    private static void Constrain(AdmissionRequest request, QuotaAccount account)
    {
        if (request.Object is V1Pod pod && QuotaConstraints.Missing(pod.Spec, account.Rules.Names) is { } missing) throw request.Forbid($"failed quota: {account.Name}: {missing}");
    }

    private static void Check(AdmissionRequest request, QuotaAccount account, Quantity[] usage, DateTime now)
    {
        var before = request.Old is null ? null : account.Rules.Measure(request.Definition.ResourceType, request.Old, now);
        if (account.Exceeded(usage, before, now) is { } exceeded) throw request.Forbid(exceeded);
    }

    private QuotaCharge Hold(AdmissionRequest request)
    {
        var (type, value) = (request.Definition.ResourceType, request.Object!);
        var stored = core.Find(type.Group, type.Version, type.Resource)!.Stored;
        var charge = new QuotaCharge(this, type, stored.Key(ns, value.Metadata.Name), value);
        _charges.Add(charge);
        foreach (var account in _accounts.Values) Hold(account, charge);
        return charge;
    }

    private void Hold(QuotaAccount account, QuotaCharge charge)
    {
        if (account.Rules.Measure(charge.Type, charge.Value, core.Time.GetUtcNow().UtcDateTime) is { } usage) account.Hold(charge, usage);
    }

    private void ReleaseLocked(QuotaCharge charge)
    {
        if (!_charges.Remove(charge)) return;
        foreach (var account in _accounts.Values) account.Release(charge);
    }
}
