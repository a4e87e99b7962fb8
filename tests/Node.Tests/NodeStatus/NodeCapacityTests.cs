using System.Globalization;
using Coxswain.Api;
using Coxswain.Node.NodeStatus;
using k8s.Models;

namespace Coxswain.Node.Tests.NodeStatus;

public sealed class NodeCapacityTests
{
    private static NodeAgentOptions Options => new() { NodeName = "node-1", DataDirectory = Path.GetTempPath(), MaxPods = 7 };

    private static long Of(IReadOnlyDictionary<string, string> amounts, string resource) => (long)new ResourceQuantity(amounts[resource]).ToDecimal();

    [Fact]
    public void Of_ThisMachine_IsWhatItHas_LessWhatEvictionKeepsFree()
    {
        var found = NodeCapacity.Of(Options);
        var memory = long.Parse(File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        var disk = new DriveInfo(Path.GetTempPath()).TotalSize / 1024 * 1024;
        Assert.Equal((Environment.ProcessorCount, memory, disk, 7, 0), (Of(found.Capacity, "cpu"), Of(found.Capacity, "memory"), Of(found.Capacity, "ephemeral-storage"), Of(found.Capacity, "pods"), Of(found.Capacity, "hugepages-2Mi")));
        // Upstream's eviction thresholds: memory.available<100Mi, nodefs.available<10%.
        Assert.Equal((Environment.ProcessorCount, memory - (100 << 20), 7), (Of(found.Allocatable, "cpu"), Of(found.Allocatable, "memory"), Of(found.Allocatable, "pods")));
        Assert.InRange(Of(found.Allocatable, "ephemeral-storage"), disk * 0.9 - 1, disk * 0.9);
    }

    [Fact]
    public void Of_APretendedNode_IsAllToBeHad()
    {
        var found = NodeCapacity.Of(Options with { Capacity = new Dictionary<string, string> { ["cpu"] = "64", ["memory"] = "1Ti" } });
        Assert.Equal(["cpu=64", "memory=1Ti", "pods=7"], found.Capacity.Select(p => $"{p.Key}={p.Value}").Order());
        Assert.Equal(found.Capacity, found.Allocatable);
    }
}
