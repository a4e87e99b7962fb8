using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Scheduler;

/// <summary>Amounts of resources: CPU in thousandths of a core, memory and storage in bytes, anything else in whole units.</summary>
internal sealed class ResourceAmounts
{
    public long Cpu { get; private set; }
    public long Memory { get; private set; }
    public long EphemeralStorage { get; private set; }
    public long Pods { get; private set; }
    /// <summary>By resource name; null while there are none.</summary>
    public SortedDictionary<string, long>? Extended { get; private set; }

    public static ResourceAmounts From(IDictionary<string, ResourceQuantity>? quantities)
    {
        var amounts = new ResourceAmounts();
        foreach (var (name, quantity) in quantities ?? new Dictionary<string, ResourceQuantity>())
        {
            var value = quantity.ToQuantity();
            amounts.Set(name, name == "cpu" ? value.MilliValue : value.Value);
        }
        return amounts;
    }

    public bool IsEmpty => Cpu == 0 && Memory == 0 && EphemeralStorage == 0 && Extended is null;

    public long Get(string name) => name switch
    {
        "cpu" => Cpu,
        "memory" => Memory,
        "ephemeral-storage" => EphemeralStorage,
        "pods" => Pods,
        _ => Extended?.GetValueOrDefault(name) ?? 0,
    };

    public void Set(string name, long value)
    {
        switch (name)
        {
            case "cpu": Cpu = value; break;
            case "memory": Memory = value; break;
            case "ephemeral-storage": EphemeralStorage = value; break;
            case "pods": Pods = value; break;
            default: (Extended ??= new(StringComparer.Ordinal))[name] = value; break;
        }
    }

    public void Add(ResourceAmounts other) => Combine(other, static (a, b) => a + b);

    public void Subtract(ResourceAmounts other) => Combine(other, static (a, b) => a - b);

    private void Combine(ResourceAmounts other, Func<long, long, long> how)
    {
        Cpu = how(Cpu, other.Cpu);
        Memory = how(Memory, other.Memory);
        EphemeralStorage = how(EphemeralStorage, other.EphemeralStorage);
        Pods = how(Pods, other.Pods);
        if (other.Extended is null) return;
        foreach (var (name, value) in other.Extended) Set(name, how(Get(name), value));
    }
}
