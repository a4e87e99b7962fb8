using System.Collections.Concurrent;
using Coxswain.Api;
using Coxswain.ApiServer.Admission;
using Coxswain.ApiServer.Pipeline;
using k8s.Models;

namespace Coxswain.ApiServer.Quotas;

/// <summary>
/// Holds each namespace to its quotas. What is used is kept in memory: counted from the store when a quota appears or changes, and kept true by every commit after
/// that, so a charge waits for nothing and a limit is never passed, however many write at once. <c>status.used</c> is the controller's report of the same.
/// </summary>
/// <remarks>A namespace without quota costs a look into an empty dictionary.</remarks>
internal sealed class QuotaLedger(ApiServerCore core)
{
    private readonly ConcurrentDictionary<string, NamespaceQuotas> _namespaces = new(StringComparer.Ordinal);

    /// <summary>Once, before the first request.</summary>
    public void Restore()
    {
        if (core.Find("", "v1", Kinds.ResourceQuotas.Resource)?.Stored is not { } quotas) return;
        foreach (var stored in core.Store.Range(quotas.Prefix)?.Values ?? []) QuotaChanged(quotas, stored.Key);
    }

    /// <summary>Charges a write that passed everything else; null when no quota is about it.</summary>
    /// <exception cref="StatusException">403: a quota does not allow it.</exception>
    public QuotaCharge? Charge(AdmissionRequest request) =>
        _namespaces.TryGetValue(request.Namespace, out var quotas) && IsCharged(request) ? quotas.Charge(request) : null;

    /// <summary>A write of the key was committed. The store is asked for the newest state: the order in which commits are told of does not matter.</summary>
    public void Changed(StoredResource resource, string key, QuotaCharge? charge)
    {
        if (ReferenceEquals(resource.Type, Kinds.ResourceQuotas)) QuotaChanged(resource, key);
        if (!QuotaNames.IsCharged(resource.Type)) return;
        if (_namespaces.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(NamespaceOf(resource, key), out var quotas)) quotas.Changed(resource, key, charge);
    }

    /// <summary>Creates of every kind, and updates of Services, whose type says what they take.</summary>
    private static bool IsCharged(AdmissionRequest request) =>
        request.Subresource.Length == 0 && QuotaNames.IsCharged(request.Definition.ResourceType)
        && (request.Operation == AdmissionOperation.Create || request.Is(AdmissionOperation.Update, Kinds.Services));

    private void QuotaChanged(StoredResource resource, string key)
    {
        var ns = NamespaceOf(resource, key).ToString();
        lock (_namespaces) // quotas change seldom; whoever charges meanwhile holds the namespace's own lock alone
        {
            var quotas = _namespaces.GetOrAdd(ns, _ => new NamespaceQuotas(core, ns));
            quotas.Refresh(resource, key);
            if (quotas.IsEmpty) _namespaces.TryRemove(ns, out _);
        }
    }

    private static ReadOnlySpan<char> NamespaceOf(StoredResource resource, string key)
    {
        var rest = key.AsSpan(resource.Prefix.Length);
        return rest[..rest.IndexOf('/')];
    }
}
