using k8s.Models;

namespace Coxswain.Node.NodeStatus;

/// <summary>What a node has, and what of it Pods may have: all but 100 MiB of memory and a tenth of the disk, which the node keeps to stay alive.</summary>
internal sealed record NodeCapacity(IReadOnlyDictionary<string, string> Capacity, IReadOnlyDictionary<string, string> Allocatable)
{
    private const decimal MemoryReserve = 100 * 1024 * 1024;

    public IReadOnlyDictionary<string, decimal> AllocatableAmounts { get; } = Allocatable.ToDictionary(p => p.Key, p => new ResourceQuantity(p.Value).ToDecimal());

    public static NodeCapacity Of(NodeAgentOptions options)
    {
        var capacity = new Dictionary<string, string>(options.Capacity ?? MachineInfo.Capacity(options.DataDirectory, options.MaxPods));
        capacity.TryAdd("pods", $"{options.MaxPods}");
        // Pretended amounts are all there to be had.
        return new NodeCapacity(capacity, options.Capacity is not null ? capacity : capacity.ToDictionary(p => p.Key, p => Reserve(p.Key, p.Value)));
    }

    private static string Reserve(string resource, string amount)
    {
        var value = new ResourceQuantity(amount).ToDecimal();
        return resource switch
        {
            "memory" when value > MemoryReserve => $"{(long)((value - MemoryReserve) / 1024)}Ki",
            "ephemeral-storage" => $"{(long)(value * 0.9m)}",
            _ => amount,
        };
    }
}
