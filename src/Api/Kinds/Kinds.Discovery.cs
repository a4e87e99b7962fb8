using k8s.Models;

namespace Coxswain.Api;

public static partial class Kinds
{
    public static ResourceType<V1EndpointSlice> EndpointSlices { get; } = new() { Group = "discovery.k8s.io", Version = "v1", Resource = "endpointslices", Kind = "EndpointSlice", Namespaced = true };
}
