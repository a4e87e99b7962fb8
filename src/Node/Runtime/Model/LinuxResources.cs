namespace Coxswain.Node.Runtime;

/// <summary>Limits by their cgroup names. Zero means not set.</summary>
public sealed record LinuxResources
{
    /// <summary>Microseconds.</summary>
    public long CpuPeriod { get; init; }
    /// <summary>Microseconds of processor time in each period.</summary>
    public long CpuQuota { get; init; }
    public long CpuShares { get; init; }
    /// <summary>Bytes.</summary>
    public long MemoryLimit { get; init; }
    public long OomScoreAdj { get; init; }
    public string CpusetCpus { get; init; } = "";
    public string CpusetMems { get; init; } = "";
    /// <summary>Bytes, memory included.</summary>
    public long MemorySwapLimit { get; init; }
    /// <summary>cgroup v2 only: file name to content.</summary>
    public IReadOnlyDictionary<string, string> Unified { get; init; } = SandboxConfig.Empty;
}
