using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Coxswain.Store;
using k8s;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Services;

/// <summary>Gives Services their cluster addresses and node ports. What is taken is known from the stored Services alone: it is read back at start.</summary>
public sealed class ServiceAllocator : IWriteHook
{
    private readonly ServiceIpFamilies _families;
    private readonly AddressRange _range;
    private readonly NumberPool _addresses;
    private readonly NumberPool _ports;
    private readonly (int First, int Last) _portRange;

    /// <exception cref="ArgumentException">The service CIDR is none, or too small.</exception>
    public ServiceAllocator(string serviceCidr, (int First, int Last) nodePorts, Random? random = null)
    {
        random ??= Random.Shared;
        _range = AddressRange.Parse(serviceCidr);
        _families = new ServiceIpFamilies(_range.Family);
        _addresses = new NumberPool(AddressRange.First, _range.Last, kept: Math.Min(Math.Max(16, _range.Count / 16), 256), random);
        _portRange = nodePorts;
        var count = nodePorts.Last - nodePorts.First + 1;
        _ports = new NumberPool(nodePorts.First, nodePorts.Last, kept: count < 16 ? 0 : Math.Min(Math.Max(16, count / 32), 128), random);
    }

    public ResourceType ResourceType => Kinds.Services;

    /// <summary>Marks as taken what the stored Services hold. To be called once, before the first request.</summary>
    public void Restore(IStore store)
    {
        foreach (var stored in store.Range("/registry/services/")?.Values ?? [])
        {
            var spec = Kinds.Services.Decode(stored.Bytes.Span).Spec;
            foreach (var place in PlacesOf(spec)) _addresses.TryTake(place);
            foreach (var port in PortsOf(spec)) _ports.TryTake(port);
        }
    }

    public WriteClaim Claim(IKubernetesObject<V1ObjectMeta> value, IKubernetesObject<V1ObjectMeta>? old, bool dryRun)
    {
        var (service, before) = ((V1Service)value, (V1Service?)old);
        if (before is not null) ServiceUpdates.KeepAllocated(service.Spec, before.Spec);
        ServiceUpdates.SynchronizeClusterIPs(service.Spec, before?.Spec);
        _families.Fill(service, before);

        var claim = new Held(this);
        try
        {
            ClaimAddresses(service, before, claim);
            ClaimPorts(service, before, claim);
        }
        catch
        {
            claim.Revert();
            throw;
        }
        if (!dryRun) return new WriteClaim(claim.Commit, claim.Revert);
        claim.Revert();
        return WriteClaim.None;
    }

    public void Deleted(IKubernetesObject<V1ObjectMeta> value)
    {
        var spec = ((V1Service)value).Spec;
        foreach (var place in PlacesOf(spec)) _addresses.Release(place);
        foreach (var port in PortsOf(spec)) _ports.Release(port);
    }

    private void ClaimAddresses(V1Service service, V1Service? old, Held claim)
    {
        var spec = service.Spec;
        var had = old is not null && ServiceTraits.NeedsClusterIP(old.Spec);
        if (spec.Type == "ExternalName")
        {
            if (had) claim.ReleaseLater(PlacesOf(old!.Spec), []);
            return;
        }
        // Addresses stay as long as there are any: validation refuses other changes.
        if (had || ServiceTraits.IsHeadless(spec)) return;
        spec.ClusterIPs = spec.ClusterIPs is { Count: > 0 } asked ? [.. asked] : [""];
        for (var i = 0; i < spec.ClusterIPs.Count; i++)
            spec.ClusterIPs[i] = spec.ClusterIPs[i].Length == 0 ? AnyAddress(claim) : ThisAddress(service, spec.ClusterIPs[i], claim);
        spec.ClusterIP = spec.ClusterIPs[0];
    }

    private string AnyAddress(Held claim)
    {
        var place = _addresses.TakeAny() ?? throw ApiErrors.Internal("failed to allocate a serviceIP: range is full");
        claim.Add(place);
        return _range[place];
    }

    private string ThisAddress(V1Service service, string ip, Held claim)
    {
        var fault = _range.PlaceOf(ip) is not { } place ? "the provided network does not match the current range"
            : !_addresses.Contains(place) ? $"the provided IP ({ip}) is not in the valid range. The range of valid IPs is {_range.Cidr}"
            : !_addresses.TryTake(place) ? "provided IP is already allocated" : null;
        if (fault is not null)
            throw Invalid(service, FieldPath.Root("spec").Child("clusterIPs"), GoJson.Strings(service.Spec.ClusterIPs), $"failed to allocate IP {ip}: {fault}");
        claim.Add(_range.PlaceOf(ip)!.Value);
        return ip;
    }

    private void ClaimPorts(V1Service service, V1Service? old, Held claim)
    {
        var had = old is null ? [] : PortsOf(old.Spec).ToHashSet();
        if (service.Spec.Type is "NodePort" or "LoadBalancer") ClaimNodePorts(service, had, claim);
        if (ServiceTraits.NeedsHealthCheck(service.Spec)) ClaimHealthCheckPort(service.Spec, had, claim);
        var kept = service.Spec.Type is "NodePort" or "LoadBalancer" ? PortsOf(service.Spec).ToHashSet() : [];
        claim.ReleaseLater([], had.Where(p => !kept.Contains(p)));
    }

    /// <summary>One number under two protocols is one node port: DNS is the case in point.</summary>
    private void ClaimNodePorts(V1Service service, HashSet<int> had, Held claim)
    {
        var ports = service.Spec.Ports ?? [];
        var path = FieldPath.Root("spec").Child("ports");
        var byPort = new Dictionary<int, int>();
        var given = new Dictionary<int, int>();
        foreach (var port in ports) if (port.NodePort is { } number and not 0) given.TryAdd(port.Port, number);
        for (var i = 0; i < ports.Count; i++)
        {
            var port = ports[i];
            if (port.NodePort is null or 0)
            {
                if (!ServiceTraits.NeedsNodePort(service.Spec)) continue;
                if (!byPort.TryGetValue(port.Port, out var shared)) shared = given.GetValueOrDefault(port.Port);
                // A twin under the same protocol is validation's to refuse.
                port.NodePort = shared != 0 ? shared : AnyPort(claim, "a nodePort");
            }
            byPort.TryAdd(port.Port, port.NodePort.Value);
            if (!had.Contains(port.NodePort.Value) && !claim.Has(port.NodePort.Value)) ThisPort(service, port.NodePort.Value, path.Index(i).Child("nodePort"), claim);
        }
    }

    private void ClaimHealthCheckPort(V1ServiceSpec spec, HashSet<int> had, Held claim)
    {
        if (spec.HealthCheckNodePort is null or 0) spec.HealthCheckNodePort = AnyPort(claim, "a HealthCheck NodePort");
        else if (!had.Contains(spec.HealthCheckNodePort.Value) && PortFault(spec.HealthCheckNodePort.Value, claim) is { } fault)
            throw ApiErrors.Internal($"failed to allocate requested HealthCheck NodePort {spec.HealthCheckNodePort}: {fault}");
    }

    private int AnyPort(Held claim, string what)
    {
        var port = _ports.TakeAny() ?? throw ApiErrors.Internal($"failed to allocate {what}: range is full");
        claim.AddPort(port);
        return port;
    }

    private void ThisPort(V1Service service, int port, FieldPath path, Held claim)
    {
        if (PortFault(port, claim) is { } fault) throw Invalid(service, path, port, fault);
    }

    private string? PortFault(int port, Held claim)
    {
        if (!_ports.Contains(port)) return $"provided port is not in the valid range. The range of valid ports is {_portRange.First}-{_portRange.Last}";
        if (!_ports.TryTake(port)) return "provided port is already allocated";
        claim.AddPort(port);
        return null;
    }

    private IEnumerable<int> PlacesOf(V1ServiceSpec spec) =>
        spec.Type == "ExternalName" ? [] : (spec.ClusterIPs ?? []).Select(_range.PlaceOf).OfType<int>();

    private static IEnumerable<int> PortsOf(V1ServiceSpec spec) =>
        (spec.Ports ?? []).Select(p => p.NodePort ?? 0).Append(spec.HealthCheckNodePort ?? 0).Where(p => p != 0).Distinct();

    private static StatusException Invalid(V1Service service, FieldPath path, object value, string detail)
    {
        var errors = new FieldErrors();
        errors.Invalid(path, value, detail);
        return ApiErrors.Invalid(Kinds.Services.GroupVersionKind, service.Metadata.Name ?? "", errors);
    }

    /// <summary>What one write has taken and will let go of.</summary>
    private sealed class Held(ServiceAllocator owner)
    {
        private readonly List<int> _newPlaces = [], _newPorts = [], _oldPlaces = [], _oldPorts = [];

        public void Add(int place) => _newPlaces.Add(place);
        public void AddPort(int port) => _newPorts.Add(port);
        public bool Has(int port) => _newPorts.Contains(port);

        public void ReleaseLater(IEnumerable<int> places, IEnumerable<int> ports)
        {
            _oldPlaces.AddRange(places);
            _oldPorts.AddRange(ports);
        }

        public void Commit() => Release(_oldPlaces, _oldPorts);
        public void Revert() => Release(_newPlaces, _newPorts);

        private void Release(List<int> places, List<int> ports)
        {
            foreach (var place in places) owner._addresses.Release(place);
            foreach (var port in ports) owner._ports.Release(port);
        }
    }
}
