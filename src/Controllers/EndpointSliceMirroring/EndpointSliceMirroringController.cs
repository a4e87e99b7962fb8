using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Shows the Endpoints that people keep for Services without a selector as EndpointSlices too, for those who read nothing else.</summary>
internal sealed class EndpointSliceMirroringController : IControlLoop, IReconciler
{
    private const string ManagedByLabel = "endpointslice.kubernetes.io/managed-by";
    private const string ManagedBy = "endpointslicemirroring-controller.k8s.io";
    private const string ServiceLabel = "kubernetes.io/service-name";
    private const string SkipLabel = "endpointslice.kubernetes.io/skip-mirror";
    private const string LeaderAnnotation = "control-plane.alpha.kubernetes.io/leader"; // Endpoints that serve as a lock

    private readonly ControllerContext _context;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly Informer<V1Endpoints> _endpoints;
    private readonly Informer<V1Service> _services;
    private readonly Informer<V1EndpointSlice> _slices;
    private readonly ObjectIndex<V1EndpointSlice> _byService;
    private readonly PendingWrites _pending = new();

    public EndpointSliceMirroringController(ControllerContext context)
    {
        (_context, _queue) = (context, context.NewQueue());
        _endpoints = context.Caches.For(Kinds.Endpoints);
        _endpoints.AddHandler(change =>
        {
            if (change.IsDelete) _pending.ForgetOwner(change.Value.Metadata.Uid);
            _queue.Add(KeyOf(change.Value.Metadata));
        });
        _services = context.Caches.For(Kinds.Services);
        _services.AddHandler(change => _queue.Add(KeyOf(change.Value.Metadata)));
        _slices = context.Caches.For(Kinds.EndpointSlices);
        _byService = _slices.Cache.AddIndex(static slice => IsMirror(slice) ? [ServiceKey(slice).ToString()] : []);
        _slices.AddHandler(change =>
        {
            if (IsMirror(change.Value)) _queue.Add(ServiceKey(change.Value)); // also: the cache has caught up
        });
    }

    public string Name => "endpointslicemirroring-controller";

    public Task RunAsync(CancellationToken ct) => _context.RunAsync(Name, this, _queue, workers: 2, ct);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        var present = _byService.Get(key.ToString()).Where(slice => slice.Metadata.DeletionTimestamp is null).ToList();
        if (_endpoints.Cache.Get(key) is not { } endpoints || !IsMirrored(endpoints, _services.Cache.Get(key)))
        {
            foreach (var slice in present) await DeleteAsync(slice, ct);
            return ReconcileResult.Done;
        }
        if (!_pending.Seen(endpoints.Metadata.Uid, _slices.Revision)) return ReconcileResult.Done;

        var spare = new List<V1EndpointSlice>(present);
        foreach (var wanted in MirroredSlices.Of(endpoints).Select(slice => Labelled(slice, endpoints)))
        {
            // Rather one with the same ports than another: less changes.
            var old = spare.Find(slice => slice.AddressType == wanted.AddressType && MirroredSlices.SamePorts(slice, wanted)) ?? spare.Find(slice => slice.AddressType == wanted.AddressType);
            if (old is not null) spare.Remove(old);
            await WriteAsync(endpoints, old, wanted, ct);
        }
        foreach (var slice in spare) await DeleteAsync(slice, ct);
        return ReconcileResult.Done;
    }

    private static bool IsMirrored(V1Endpoints endpoints, V1Service? service) =>
        service is not null && service.Spec.Selector is not { Count: > 0 } && endpoints.Metadata.DeletionTimestamp is null
        && endpoints.Metadata.Annotations?.ContainsKey(LeaderAnnotation) != true
        && !(endpoints.Metadata.Labels?.TryGetValue(SkipLabel, out var skip) == true && skip == "true");

    private async Task WriteAsync(V1Endpoints endpoints, V1EndpointSlice? old, V1EndpointSlice wanted, CancellationToken ct)
    {
        if (old is not null && MirroredSlices.Same(old, wanted)) return;
        try
        {
            var written = old is null
                ? await _context.Client.CreateAsync(Kinds.EndpointSlices, wanted, ct)
                : await _context.Client.UpdateAsync(Kinds.EndpointSlices, wanted with
                {
                    Metadata = old.Metadata with { Labels = wanted.Metadata.Labels, Annotations = wanted.Metadata.Annotations, OwnerReferences = wanted.Metadata.OwnerReferences },
                }, null, ct);
            _pending.Wrote(endpoints.Metadata.Uid, Revisions.Of(written));
        }
        catch (StatusException e) when (PodControl<V1Endpoints>.IsNamespaceTerminating(e)) { } // going with all else
    }

    private async Task DeleteAsync(V1EndpointSlice slice, CancellationToken ct)
    {
        try
        {
            await _context.Client.DeleteAsync(Kinds.EndpointSlices, slice.Metadata.NamespaceProperty, slice.Metadata.Name, new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = slice.Metadata.Uid } }, ct);
        }
        catch (StatusException e) when (e.Code is 404 or 409) { } // gone already
    }

    private static V1EndpointSlice Labelled(V1EndpointSlice slice, V1Endpoints endpoints)
    {
        var labels = PodTemplates.Copy(endpoints.Metadata.Labels) ?? [];
        (labels[ServiceLabel], labels[ManagedByLabel]) = (endpoints.Metadata.Name, ManagedBy);
        var annotations = PodTemplates.Copy(endpoints.Metadata.Annotations) ?? [];
        annotations.Remove("endpoints.kubernetes.io/last-change-trigger-time");
        annotations.Remove("kubectl.kubernetes.io/last-applied-configuration");
        slice.Metadata.NamespaceProperty = endpoints.Metadata.NamespaceProperty;
        slice.Metadata.GenerateName = $"{endpoints.Metadata.Name}-";
        slice.Metadata.Labels = labels;
        slice.Metadata.Annotations = annotations.Count == 0 ? null : annotations;
        slice.Metadata.OwnerReferences = [OwnerReferences.ControllerReference(Kinds.Endpoints, endpoints)];
        return slice;
    }

    private static bool IsMirror(V1EndpointSlice slice) =>
        slice.Metadata.Labels?.TryGetValue(ManagedByLabel, out var manager) == true && manager == ManagedBy && slice.Metadata.Labels.ContainsKey(ServiceLabel);

    private static NamespacedName ServiceKey(V1EndpointSlice slice) => new(slice.Metadata.NamespaceProperty, slice.Metadata.Labels[ServiceLabel]);

    private static NamespacedName KeyOf(V1ObjectMeta metadata) => new(metadata.NamespaceProperty, metadata.Name);
}
