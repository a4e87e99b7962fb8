using k8s.Models;

namespace Coxswain.Api;

public static partial class Kinds
{
    public static ResourceType<V1Lease> Leases { get; } = new() { Group = "coordination.k8s.io", Version = "v1", Resource = "leases", Kind = "Lease", Namespaced = true };
}
