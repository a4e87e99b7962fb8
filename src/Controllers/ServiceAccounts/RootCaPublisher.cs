using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Keeps the cluster's CA certificate in the ConfigMap <c>kube-root-ca.crt</c> of every namespace: Pods mount it to trust the API server.</summary>
internal sealed class RootCaPublisher : IControlLoop, IReconciler
{
    public const string MapName = "kube-root-ca.crt";
    private const string DataKey = "ca.crt";
    private const string DescriptionKey = "kubernetes.io/description";
    private const string Description = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. "
        + "No other usage is guaranteed across distributions of Kubernetes clusters.";

    private readonly ControllerContext _context;
    private readonly string _certificate;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly Informer<V1Namespace> _namespaces;
    private readonly Informer<V1ConfigMap> _maps;

    /// <param name="certificate">PEM.</param>
    public RootCaPublisher(ControllerContext context, string certificate)
    {
        (_context, _certificate, _queue) = (context, certificate, context.NewQueue());
        _namespaces = context.Caches.For(Kinds.Namespaces);
        _maps = context.Caches.For(Kinds.ConfigMaps);
        _namespaces.AddHandler(change => _queue.Add(new NamespacedName("", change.Value.Metadata.Name)));
        _maps.AddHandler(change =>
        {
            if (change.Value.Metadata.Name == MapName) _queue.Add(new NamespacedName("", change.Value.Metadata.NamespaceProperty));
        });
    }

    public string Name => "root-ca-cert-publisher";

    public Task RunAsync(CancellationToken ct) => _context.RunAsync(Name, this, _queue, workers: 1, ct);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (!_namespaces.Cache.TryGet(key, out var ns) || ns.Metadata.DeletionTimestamp is not null) return ReconcileResult.Done;
        var present = _maps.Cache.Get(key.Name, MapName);
        if (present is not null && IsRight(present)) return ReconcileResult.Done;
        var map = present is null ? Kinds.ConfigMaps.New(key.Name, MapName) : Kinds.ConfigMaps.Clone(present);
        map.Data = new Dictionary<string, string> { [DataKey] = _certificate };
        (map.Metadata.Annotations ??= new Dictionary<string, string>())[DescriptionKey] = Description;
        try
        {
            if (present is null) await _context.Client.CreateAsync(Kinds.ConfigMaps, map, ct);
            else await _context.Client.UpdateAsync(Kinds.ConfigMaps, map, null, ct);
        }
        catch (StatusException e) when (e.Reason == "AlreadyExists" || PodControl<V1Namespace>.IsNamespaceTerminating(e)) { } // there, or not wanted any more
        return ReconcileResult.Done;
    }

    private bool IsRight(V1ConfigMap map) =>
        map.Data is { Count: 1 } data && data.TryGetValue(DataKey, out var certificate) && certificate == _certificate
        && map.Metadata.Annotations?.TryGetValue(DescriptionKey, out var description) == true && description == Description;
}
