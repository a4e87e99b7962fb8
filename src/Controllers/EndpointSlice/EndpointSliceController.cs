using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Keeps the EndpointSlices of each Service that has a selector: at most 100 endpoints each, one set of ports and one address family a slice.</summary>
internal sealed class EndpointSliceController : IControlLoop, IReconciler
{
    private const string ManagedByLabel = "endpointslice.kubernetes.io/managed-by";
    private const string ManagedBy = "endpointslice-controller.k8s.io";
    private const string ServiceLabel = "kubernetes.io/service-name";
    private const string Headless = "service.kubernetes.io/headless";
    private const string LastChange = "endpoints.kubernetes.io/last-change-trigger-time";

    private readonly ControllerContext _context;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly ServiceQueue _services;
    private readonly Informer<V1EndpointSlice> _slices;
    private readonly Informer<V1Node> _nodes;
    private readonly ObjectIndex<V1EndpointSlice> _byService;
    private readonly PendingWrites _pending = new();

    public EndpointSliceController(ControllerContext context)
    {
        (_context, _queue) = (context, context.NewQueue());
        _services = new ServiceQueue(context, _queue);
        _nodes = context.Caches.For(Kinds.Nodes);
        _slices = context.Caches.For(Kinds.EndpointSlices);
        _byService = _slices.Cache.AddIndex(static slice => slice.Metadata.Labels?.TryGetValue(ManagedByLabel, out var manager) == true && manager == ManagedBy ? [ServiceKey(slice).ToString()] : []);
        _slices.AddHandler(change =>
        {
            if (change.Value.Metadata.Labels?.ContainsKey(ServiceLabel) == true) _queue.Add(ServiceKey(change.Value)); // also: the cache has caught up
        });
    }

    public string Name => "endpointslice-controller";

    public Task RunAsync(CancellationToken ct) => _context.RunAsync(Name, this, _queue, workers: 2, ct);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        // Slices go with their Service by garbage collection.
        if (!_services.Services.TryGet(key, out var service) || service.Spec.Selector is not { Count: > 0 } || service.Spec.Type == "ExternalName" || service.Metadata.DeletionTimestamp is not null) return ReconcileResult.Done;
        if (!_pending.Seen(service.Metadata.Uid, _slices.Revision)) return ReconcileResult.Done;

        var pods = ServiceQueue.Select(service, _context.Caches.Pods.Cache).Where(pod => ServiceTargets.IsCandidate(pod, includeTerminating: true)).ToList();
        var present = _byService.Get(key.ToString()).Where(slice => slice.Metadata.DeletionTimestamp is null).ToList();
        var families = service.Spec.IpFamilies is { Count: > 0 } declared ? declared : ["IPv4"];
        foreach (var family in families) await SyncFamilyAsync(service, family, pods, [.. present.Where(slice => slice.AddressType == family)], ct);
        foreach (var stale in present.Where(slice => !families.Contains(slice.AddressType))) await DeleteAsync(service, stale, ct);
        return ReconcileResult.Done;
    }

    private async Task SyncFamilyAsync(V1Service service, string family, List<V1Pod> pods, List<V1EndpointSlice> present, CancellationToken ct)
    {
        var groups = pods.Select(pod => (Pod: pod, Address: AddressOf(pod, family), Ports: ServiceTargets.PortsOn(service, pod).ToList()))
            .Where(target => target.Address is not null && (target.Ports.Count > 0 || service.Spec.Ports is not { Count: > 0 }))
            .GroupBy(target => string.Join(',', target.Ports)).ToDictionary(group => group.Key, group => group.ToList());
        var change = ServiceTargets.LastChange(service, pods);
        var labels = Labels(service);
        var used = new HashSet<V1EndpointSlice>();
        var unused = new Queue<V1EndpointSlice>(present.Where(slice => !groups.ContainsKey(PortsKey(slice))));
        foreach (var (ports, targets) in groups)
        {
            var own = present.Where(slice => PortsKey(slice) == ports).ToList();
            if (own.Count == 0 && unused.TryDequeue(out var spare)) own.Add(spare); // e.g. the empty slice that a Service starts with
            used.UnionWith(own);
            var plan = SlicePlan.Make(own, [.. targets.Select(target => Endpoint(service, target.Pod, target.Address!))], slice => HasLabels(slice, labels) && PortsKey(slice) == ports);
            await ApplyAsync(service, family, plan, targets[0].Ports, labels, change, ct);
        }
        if (groups.Count > 0) foreach (var slice in unused) await DeleteAsync(service, slice, ct);
        else await SyncEmptyAsync(service, family, present, labels, change, ct);
    }

    /// <summary>A Service without endpoints has one slice that says so.</summary>
    private async Task SyncEmptyAsync(V1Service service, string family, List<V1EndpointSlice> present, Dictionary<string, string> labels, string change, CancellationToken ct)
    {
        var plan = new SlicePlan();
        if (present.Count == 0) plan.Create.Add([]);
        else if (present[0].Endpoints is { Count: > 0 } || !HasLabels(present[0], labels) || present[0].Ports is { Count: > 0 }) plan.Update.Add((present[0], []));
        plan.Delete.AddRange(present.Skip(1));
        await ApplyAsync(service, family, plan, [], labels, change, ct);
    }

    private async Task ApplyAsync(V1Service service, string family, SlicePlan plan, List<ServiceTargets.Port> ports, Dictionary<string, string> labels, string change, CancellationToken ct)
    {
        foreach (var endpoints in plan.Create)
        {
            var slice = Kinds.EndpointSlices.New(service.Metadata.NamespaceProperty, null);
            slice.Metadata.GenerateName = $"{service.Metadata.Name}-";
            slice.Metadata.OwnerReferences = [OwnerReferences.ControllerReference(Kinds.Services, service)];
            slice.AddressType = family;
            Fill(slice, endpoints);
            try
            {
                Wrote(await _context.Client.CreateAsync(Kinds.EndpointSlices, slice, ct));
            }
            catch (StatusException e) when (PodControl<V1Service>.IsNamespaceTerminating(e)) { } // going with all else
            catch (StatusException e)
            {
                Tell(service, "create EndpointSlice", e);
                throw;
            }
        }
        foreach (var (present, endpoints) in plan.Update)
        {
            var slice = Kinds.EndpointSlices.Clone(present);
            Fill(slice, endpoints);
            try
            {
                Wrote(await _context.Client.UpdateAsync(Kinds.EndpointSlices, slice, null, ct));
            }
            catch (StatusException e)
            {
                Tell(service, $"update {slice.Metadata.Name} EndpointSlice", e);
                throw;
            }
        }
        foreach (var slice in plan.Delete) await DeleteAsync(service, slice, ct);

        void Wrote(V1EndpointSlice written) => _pending.Wrote(service.Metadata.Uid, Revisions.Of(written));

        void Fill(V1EndpointSlice slice, List<V1Endpoint> endpoints)
        {
            slice.Metadata.Labels = new Dictionary<string, string>(labels);
            (slice.Metadata.Annotations ??= new Dictionary<string, string>())[LastChange] = change;
            slice.Endpoints = endpoints;
            slice.Ports = ports.Count == 0 ? null : [.. ports.Select(port => new Discoveryv1EndpointPort { Name = port.Name ?? "", Port = port.Number, Protocol = port.Protocol, AppProtocol = port.AppProtocol })];
        }
    }

    private async Task DeleteAsync(V1Service service, V1EndpointSlice slice, CancellationToken ct)
    {
        try
        {
            await _context.Client.DeleteAsync(Kinds.EndpointSlices, slice.Metadata.NamespaceProperty, slice.Metadata.Name, new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = slice.Metadata.Uid } }, ct);
        }
        catch (StatusException e) when (e.Code is 404 or 409) { } // gone already
        catch (StatusException e)
        {
            Tell(service, $"delete {slice.Metadata.Name} EndpointSlice", e);
            throw;
        }
    }

    private void Tell(V1Service service, string step, StatusException e)
    {
        var name = $"{service.Metadata.NamespaceProperty}/{service.Metadata.Name}";
        _context.Events.Warning(Kinds.Services, service, "FailedToUpdateEndpointSlices", $"Error updating Endpoint Slices for Service {name}: failed to {step} for Service {name}: {e.Message}");
    }

    private V1Endpoint Endpoint(V1Service service, V1Pod pod, string address)
    {
        var (serving, terminating) = (PodState.IsReady(pod), PodState.IsTerminating(pod));
        string? zone = null;
        if (PodState.IsScheduled(pod)) _nodes.Cache.Get("", pod.Spec.NodeName)?.Metadata.Labels?.TryGetValue("topology.kubernetes.io/zone", out zone);
        return new V1Endpoint
        {
            Addresses = [address],
            Conditions = new V1EndpointConditions { Ready = service.Spec.PublishNotReadyAddresses == true || (serving && !terminating), Serving = serving, Terminating = terminating },
            Hostname = ServiceTargets.Hostname(service, pod),
            NodeName = pod.Spec.NodeName,
            TargetRef = ServiceTargets.Reference(pod),
            Zone = zone,
        };
    }

    private static string? AddressOf(V1Pod pod, string family)
    {
        foreach (var address in pod.Status?.PodIPs ?? []) if (address.Ip.Contains(':') == (family == "IPv6")) return address.Ip;
        return pod.Status?.PodIP is { Length: > 0 } only && only.Contains(':') == (family == "IPv6") ? only : null;
    }

    private static Dictionary<string, string> Labels(V1Service service)
    {
        var labels = PodTemplates.Copy(service.Metadata.Labels) ?? [];
        labels[ManagedByLabel] = ManagedBy;
        labels[ServiceLabel] = service.Metadata.Name;
        if (ServiceTargets.IsHeadless(service)) labels[Headless] = "";
        else labels.Remove(Headless);
        return labels;
    }

    private static bool HasLabels(V1EndpointSlice slice, Dictionary<string, string> labels) =>
        slice.Metadata.Labels is { } have && have.Count == labels.Count && labels.All(pair => have.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private static string PortsKey(V1EndpointSlice slice) =>
        string.Join(',', (slice.Ports ?? []).Select(port => new ServiceTargets.Port(string.IsNullOrEmpty(port.Name) ? null : port.Name, port.Port ?? 0, port.Protocol ?? "TCP", port.AppProtocol)));

    private static NamespacedName ServiceKey(V1EndpointSlice slice) => new(slice.Metadata.NamespaceProperty, slice.Metadata.Labels.TryGetValue(ServiceLabel, out var name) ? name : "");
}
