using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Testing;

/// <summary>What a <see cref="TestCluster"/> is made of.</summary>
public sealed record TestClusterOptions
{
    /// <summary>How many simulated nodes it starts with: <c>node-0</c>, <c>node-1</c> ...</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>The clock of everything in the cluster; a fake one makes back-offs, grace periods and lost nodes a matter of advancing it.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What the pretended containers do.</summary>
    public Simulation Simulation { get; init; } = new();

    /// <summary>Of each node, by resource name.</summary>
    public IReadOnlyDictionary<string, string> NodeCapacity { get; init; } = new Dictionary<string, string> { ["cpu"] = "8", ["memory"] = "32Gi", ["pods"] = "110", ["ephemeral-storage"] = "100Gi" };

    /// <summary>How long an Event is kept after it was last written.</summary>
    public TimeSpan EventTtl { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a node may be silent before it counts as lost.</summary>
    public TimeSpan NodeMonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>Where every part of the cluster logs to; nowhere by default.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;
}
