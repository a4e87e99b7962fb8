using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Empties namespaces that are going, Pods first, then takes the finalizer off, and with it the namespace.</summary>
internal sealed class NamespaceController : IControlLoop, IReconciler
{
    private const string Finalizer = "kubernetes";
    /// <summary>Hundreds of objects go at nearly one moment: one look for all of them.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(50);

    private readonly ControllerContext _context;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly Informer<V1Namespace> _namespaces;
    private readonly IReadOnlyList<NamespaceContent> _contents;

    public NamespaceController(ControllerContext context, IEnumerable<ResourceType> types)
    {
        (_context, _queue) = (context, context.NewQueue());
        _namespaces = context.Caches.For(Kinds.Namespaces);
        _namespaces.AddHandler(change =>
        {
            if (change.Value.Metadata.DeletionTimestamp is not null) _queue.Add(new NamespacedName("", change.Value.Metadata.Name));
        });
        var factory = new NamespaceContent.Factory(context);
        // Pods first: they may need their Secrets and accounts to end in good order.
        _contents = [.. types.Where(type => type.Namespaced).OrderBy(type => type != Kinds.Pods).Select(type => type.Accept(factory))];
        foreach (var content in _contents) content.OnGone(OnGone);
    }

    public string Name => "namespace-controller";

    public Task RunAsync(CancellationToken ct) => _context.RunAsync(Name, this, _queue, workers: 2, ct);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (!_namespaces.Cache.TryGet(key, out var ns) || ns.Metadata.DeletionTimestamp is null || ns.Spec?.Finalizers?.Contains(Finalizer) != true) return ReconcileResult.Done;
        var (failures, remaining, finalizers) = (new List<string>(), new List<string>(), new SortedDictionary<string, int>(StringComparer.Ordinal));
        foreach (var content in _contents)
        {
            await EmptyAsync(content, key.Name, failures, remaining, finalizers, ct);
            if (content.Type == Kinds.Pods && remaining.Count > 0) break;
        }
        var held = finalizers.Select(pair => $"{pair.Key} in {pair.Value} resource instances").ToList();
        ns = await WriteConditionsAsync(ns, NamespaceConditions.Make(ns.Status?.Conditions, failures, remaining, held, _context.NowSeconds), ct);
        if (failures.Count > 0) return ReconcileResult.After(TimeSpan.FromSeconds(5));
        if (remaining.Count > 0) return ReconcileResult.Done; // the next object that goes brings the namespace back

        var spec = (ns.Spec ?? new V1NamespaceSpec()) with { Finalizers = [.. ns.Spec!.Finalizers.Where(finalizer => finalizer != Finalizer)] };
        try
        {
            await _context.Client.UpdateAsync(Kinds.Namespaces, ns with { Metadata = ns.Metadata with { }, Spec = spec }, "finalize", ct);
        }
        catch (StatusException e) when (e.Code == 404) { } // done already
        return ReconcileResult.Done;
    }

    private static async Task EmptyAsync(NamespaceContent content, string ns, List<string> failures, List<string> remaining, SortedDictionary<string, int> finalizers, CancellationToken ct)
    {
        try
        {
            var left = await content.DeleteAllAsync(ns, ct);
            if (left.Count > 0) remaining.Add($"{content.Type.Resource}.{content.Type.Group} has {left.Count} resource instances");
            foreach (var (finalizer, count) in left.Finalizers) finalizers[finalizer] = finalizers.GetValueOrDefault(finalizer) + count;
        }
        catch (StatusException e)
        {
            failures.Add(e.Message);
        }
    }

    private async Task<V1Namespace> WriteConditionsAsync(V1Namespace ns, List<V1NamespaceCondition> conditions, CancellationToken ct)
    {
        var status = (ns.Status ?? new V1NamespaceStatus()) with { Phase = "Terminating", Conditions = conditions };
        if (StatusComparer.Same(ns.Status, status)) return ns;
        return await _context.Client.UpdateAsync(Kinds.Namespaces, ns with { Metadata = ns.Metadata with { }, Status = status }, "status", ct);
    }

    private void OnGone(string ns)
    {
        if (_namespaces.Cache.Get("", ns)?.Metadata.DeletionTimestamp is not null) _queue.AddAfter(new NamespacedName("", ns), Settle);
    }
}
