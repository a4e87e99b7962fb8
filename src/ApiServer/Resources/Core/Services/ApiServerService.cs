using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Services;

/// <summary>The Service <c>default/kubernetes</c>, through which Pods reach the API server: kept by the server itself, with endpoints but without a selector.</summary>
public static class ApiServerService
{
    private const string Namespace = "default", Name = "kubernetes", PortName = "https";

    /// <summary>The first address of the service range; a name in the server's certificate too.</summary>
    public static string ClusterIP(string serviceCidr)
    {
        var range = AddressRange.Parse(serviceCidr);
        return range[AddressRange.First];
    }

    /// <summary>Makes what is missing and mends what differs. The namespace <c>default</c> must exist.</summary>
    /// <param name="address">Where Pods reach the server: an address of this machine, not loopback (nothing is listed as an endpoint for that).</param>
    public static async Task EnsureAsync(IApiClient client, string serviceCidr, string address, int port, CancellationToken ct)
    {
        await EnsureAsync(client, Kinds.Services, Service(serviceCidr, port), (wanted, found) => Semantic.Equal(found.Spec.Ports, wanted.Spec.Ports),
            (wanted, found) => found.Spec.Ports = wanted.Spec.Ports, ct);
        if (System.Net.IPAddress.IsLoopback(System.Net.IPAddress.Parse(address))) return;
        await EnsureAsync(client, Kinds.Endpoints, Endpoints(address, port), (wanted, found) => Semantic.Equal(found.Subsets, wanted.Subsets),
            (wanted, found) => found.Subsets = wanted.Subsets, ct);
        await EnsureAsync(client, Kinds.EndpointSlices, Slice(address, port),
            (wanted, found) => Semantic.Equal(found.Ports, wanted.Ports) && Semantic.Equal(found.Endpoints, wanted.Endpoints),
            (wanted, found) => (found.Ports, found.Endpoints) = (wanted.Ports, wanted.Endpoints), ct);
    }

    private static async Task EnsureAsync<T>(IApiClient client, ResourceType<T> type, T wanted, Func<T, T, bool> same, Action<T, T> mend, CancellationToken ct)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>, new()
    {
        try
        {
            var found = await client.GetAsync(type, Namespace, Name, ct);
            if (same(wanted, found)) return;
            var mended = type.Clone(found);
            mend(wanted, mended);
            await client.UpdateAsync(type, mended, null, ct);
        }
        catch (StatusException e) when (e.Code == 404)
        {
            await client.CreateAsync(type, wanted, ct);
        }
    }

    private static V1Service Service(string serviceCidr, int port)
    {
        var service = Kinds.Services.New(Namespace, Name);
        service.Metadata.Labels = new Dictionary<string, string> { ["component"] = "apiserver", ["provider"] = "kubernetes" };
        var ip = ClusterIP(serviceCidr);
        service.Spec = new V1ServiceSpec
        {
            ClusterIP = ip,
            ClusterIPs = [ip],
            Ports = [new V1ServicePort { Name = PortName, Port = 443, Protocol = "TCP", TargetPort = port }],
            SessionAffinity = "None",
            Type = "ClusterIP",
        };
        return service;
    }

    private static V1Endpoints Endpoints(string address, int port)
    {
        var endpoints = Kinds.Endpoints.New(Namespace, Name);
        // The slice below is written by hand too: no one is to make another from this.
        endpoints.Metadata.Labels = new Dictionary<string, string> { ["endpointslice.kubernetes.io/skip-mirror"] = "true" };
        endpoints.Subsets =
        [
            new V1EndpointSubset { Addresses = [new V1EndpointAddress { Ip = address }], Ports = [new Corev1EndpointPort { Name = PortName, Port = port, Protocol = "TCP" }] },
        ];
        return endpoints;
    }

    private static V1EndpointSlice Slice(string address, int port)
    {
        var slice = Kinds.EndpointSlices.New(Namespace, Name);
        slice.Metadata.Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = Name };
        slice.AddressType = ServiceAddressValidation.FamilyOf(address);
        slice.Endpoints = [new V1Endpoint { Addresses = [address], Conditions = new V1EndpointConditions { Ready = true } }];
        slice.Ports = [new Discoveryv1EndpointPort { Name = PortName, Port = port, Protocol = "TCP" }];
        return slice;
    }
}
