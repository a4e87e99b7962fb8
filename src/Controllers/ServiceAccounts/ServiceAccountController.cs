using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Sees that every namespace has the ServiceAccount <c>default</c>, which Pods get that name none.</summary>
internal sealed class ServiceAccountController : IControlLoop, IReconciler
{
    private const string Default = "default";

    private readonly ControllerContext _context;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly Informer<V1Namespace> _namespaces;
    private readonly Informer<V1ServiceAccount> _accounts;

    public ServiceAccountController(ControllerContext context)
    {
        (_context, _queue) = (context, context.NewQueue());
        _namespaces = context.Caches.For(Kinds.Namespaces);
        _accounts = context.Caches.For(Kinds.ServiceAccounts);
        _namespaces.AddHandler(change => _queue.Add(new NamespacedName("", change.Value.Metadata.Name)));
        _accounts.AddHandler(change =>
        {
            if (change.IsDelete && change.Value.Metadata.Name == Default) _queue.Add(new NamespacedName("", change.Value.Metadata.NamespaceProperty));
        });
    }

    public string Name => "service-account-controller";

    public Task RunAsync(CancellationToken ct) => _context.RunAsync(Name, this, _queue, workers: 1, ct);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (!_namespaces.Cache.TryGet(key, out var ns) || ns.Metadata.DeletionTimestamp is not null) return ReconcileResult.Done;
        if (_accounts.Cache.Get(key.Name, Default) is not null) return ReconcileResult.Done;
        try
        {
            await _context.Client.CreateAsync(Kinds.ServiceAccounts, Kinds.ServiceAccounts.New(key.Name, Default), ct);
        }
        catch (StatusException e) when (e.Reason == "AlreadyExists" || PodControl<V1Namespace>.IsNamespaceTerminating(e)) { } // there, or not wanted any more
        return ReconcileResult.Done;
    }
}
