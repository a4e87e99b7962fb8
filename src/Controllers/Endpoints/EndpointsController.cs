using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Keeps the Endpoints object of each Service that has a selector: the addresses of its Pods by the ports they serve.</summary>
internal sealed class EndpointsController : IControlLoop, IReconciler
{
    private const string ManagedBy = "endpoints.kubernetes.io/managed-by";
    private const string LastChange = "endpoints.kubernetes.io/last-change-trigger-time";
    private const string OverCapacity = "endpoints.kubernetes.io/over-capacity";
    private const string Headless = "service.kubernetes.io/headless";
    private const int MaxAddresses = 1000;

    private readonly ControllerContext _context;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly ServiceQueue _services;
    private readonly Informer<V1Endpoints> _endpoints;
    private readonly PendingWrites _pending = new();

    public EndpointsController(ControllerContext context)
    {
        (_context, _queue) = (context, context.NewQueue());
        _services = new ServiceQueue(context, _queue);
        _endpoints = context.Caches.For(Kinds.Endpoints);
        _endpoints.AddHandler(change => _queue.Add(new NamespacedName(change.Value.Metadata.NamespaceProperty, change.Value.Metadata.Name))); // also: the cache has caught up
    }

    public string Name => "endpoint-controller";

    public Task RunAsync(CancellationToken ct) => _context.RunAsync(Name, this, _queue, workers: 2, ct);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        var present = _endpoints.Cache.Get(key);
        if (!_services.Services.TryGet(key, out var service))
        {
            if (present?.Metadata.Labels?.ContainsKey(ManagedBy) == true) await DeleteAsync(present, ct);
            return ReconcileResult.Done;
        }
        if (service.Spec.Selector is not { Count: > 0 } || service.Spec.Type == "ExternalName" || service.Metadata.DeletionTimestamp is not null) return ReconcileResult.Done;
        if (!_pending.Seen(service.Metadata.Uid, _endpoints.Revision)) return ReconcileResult.Done;

        var pods = ServiceQueue.Select(service, _context.Caches.Pods.Cache).Where(pod => ServiceTargets.IsCandidate(pod, service.Spec.PublishNotReadyAddresses == true)).ToList();
        var (subsets, cut) = Subsets(service, pods);
        var labels = Labels(service);
        if (present is not null && IsRight(present, subsets, labels, cut)) return ReconcileResult.Done;

        var wanted = present is null ? Kinds.Endpoints.New(key.Namespace, key.Name) : Kinds.Endpoints.Clone(present);
        wanted.Metadata.Labels = labels;
        wanted.Subsets = subsets;
        wanted.Metadata.Annotations ??= new Dictionary<string, string>();
        wanted.Metadata.Annotations[LastChange] = ServiceTargets.LastChange(service, pods);
        wanted.Metadata.Annotations.Remove(OverCapacity);
        if (cut) wanted.Metadata.Annotations[OverCapacity] = "truncated";
        await WriteAsync(service, wanted, present is null, ct);
        return ReconcileResult.Done;
    }

    private async Task WriteAsync(V1Service service, V1Endpoints wanted, bool create, CancellationToken ct)
    {
        try
        {
            var written = create ? await _context.Client.CreateAsync(Kinds.Endpoints, wanted, ct) : await _context.Client.UpdateAsync(Kinds.Endpoints, wanted, null, ct);
            _pending.Wrote(service.Metadata.Uid, Revisions.Of(written));
        }
        catch (StatusException e) when (PodControl<V1Service>.IsNamespaceTerminating(e)) { } // going with all else
        catch (StatusException e) when (e.Code is not (404 or 409))
        {
            _context.Events.Warning(Kinds.Services, service, create ? "FailedToCreateEndpoint" : "FailedToUpdateEndpoint",
                $"Failed to {(create ? "create" : "update")} endpoint {service.Metadata.NamespaceProperty}/{service.Metadata.Name}: {e.Message}");
            throw;
        }
    }

    private async Task DeleteAsync(V1Endpoints endpoints, CancellationToken ct)
    {
        try
        {
            await _context.Client.DeleteAsync(Kinds.Endpoints, endpoints.Metadata.NamespaceProperty, endpoints.Metadata.Name, new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = endpoints.Metadata.Uid } }, ct);
        }
        catch (StatusException e) when (e.Code is 404 or 409) { } // gone already
    }

    private static Dictionary<string, string> Labels(V1Service service)
    {
        var labels = PodTemplates.Copy(service.Metadata.Labels) ?? [];
        labels[ManagedBy] = "endpoint-controller";
        if (ServiceTargets.IsHeadless(service)) labels[Headless] = "";
        else labels.Remove(Headless);
        return labels;
    }

    /// <summary>Each port with the Pods that serve it; ports that the same Pods serve stand together.</summary>
    private static (List<V1EndpointSubset>? Subsets, bool Cut) Subsets(V1Service service, List<V1Pod> pods)
    {
        var cut = pods.Count > MaxAddresses;
        pods = [.. pods.OrderByDescending(PodState.IsReady).Take(MaxAddresses)];
        if (service.Spec.Ports is not { Count: > 0 }) return (pods.Count == 0 ? null : [Subset(service, pods, [])], cut);
        var byPort = pods.SelectMany(pod => ServiceTargets.PortsOn(service, pod).Select(port => (Port: port, Pod: pod)))
            .GroupBy(target => target.Port, target => target.Pod);
        var subsets = byPort.GroupBy(port => string.Join(',', port.Select(pod => pod.Metadata.Uid)))
            .Select(group => Subset(service, [.. group.First()], [.. group.Select(port => port.Key)]))
            .OrderBy(subset => subset.Ports[0].Name, StringComparer.Ordinal).ThenBy(subset => subset.Ports[0].Port).ToList();
        return (subsets.Count == 0 ? null : subsets, cut);
    }

    private static V1EndpointSubset Subset(V1Service service, List<V1Pod> pods, List<ServiceTargets.Port> ports)
    {
        var all = service.Spec.PublishNotReadyAddresses == true;
        return new V1EndpointSubset
        {
            Addresses = Addresses(service, pods.Where(pod => all || PodState.IsReady(pod))),
            NotReadyAddresses = Addresses(service, pods.Where(pod => !all && !PodState.IsReady(pod))),
            Ports = ports.Count == 0 ? null : [.. ports.OrderBy(port => port.Name, StringComparer.Ordinal).Select(port => new Corev1EndpointPort { Name = port.Name, Port = port.Number, Protocol = port.Protocol, AppProtocol = port.AppProtocol })],
        };
    }

    private static List<V1EndpointAddress>? Addresses(V1Service service, IEnumerable<V1Pod> pods)
    {
        List<V1EndpointAddress> addresses = [.. pods.OrderBy(pod => pod.Status.PodIP, StringComparer.Ordinal).ThenBy(pod => pod.Metadata.Uid, StringComparer.Ordinal).Select(pod => new V1EndpointAddress
        {
            Ip = pod.Status.PodIP,
            NodeName = pod.Spec.NodeName,
            Hostname = ServiceTargets.Hostname(service, pod),
            TargetRef = ServiceTargets.Reference(pod),
        })];
        return addresses.Count == 0 ? null : addresses;
    }

    private static bool IsRight(V1Endpoints present, List<V1EndpointSubset>? subsets, Dictionary<string, string> labels, bool cut) =>
        StatusComparer.Same(new V1Endpoints { Subsets = present.Subsets }, new V1Endpoints { Subsets = subsets })
        && present.Metadata.Labels is { } have && have.Count == labels.Count && labels.All(pair => have.TryGetValue(pair.Key, out var value) && value == pair.Value)
        && cut == (present.Metadata.Annotations?.ContainsKey(OverCapacity) == true);
}
