using Coxswain.Client;
using Coxswain.Node.Objects;
using Coxswain.Node.Pods.Config;
using Coxswain.Node.Runtime;
using Coxswain.Node.Volumes;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Pods;

/// <summary>What all Pods of one node share.</summary>
internal sealed record NodeServices
{
    public required NodeAgentOptions Options { get; init; }
    public required IApiClient Api { get; init; }
    public required IRuntime Runtime { get; init; }
    public required TimeProvider Time { get; init; }
    public required ILoggerFactory Loggers { get; init; }
    public required EventRecorder Events { get; init; }
    public required NodeObjects Objects { get; init; }
    public required ImagePuller Images { get; init; }
    public required IMounter Mounter { get; init; }
    public required PodPaths Paths { get; init; }
    /// <summary>As container ids are prefixed: <c>containerd</c>.</summary>
    public required string RuntimeName { get; init; }
    public required IReadOnlyDictionary<string, decimal> Allocatable { get; init; }
    /// <summary>The node's own resolv.conf.</summary>
    public required DnsConfig NodeDns { get; init; }
    /// <summary>The Pods on this node but one.</summary>
    public Func<string, IEnumerable<V1Pod>> OtherPods { get; init; } = _ => [];
    public Func<IDictionary<string, string>> NodeLabels { get; init; } = () => new Dictionary<string, string>();
    /// <summary>What the runtime can do, as it said last; null before its first word.</summary>
    public Func<RuntimeStatus?> RuntimeStatus { get; init; } = () => null;
    /// <summary>Whether the default runtime can make a mount read-only with all that is mounted below it.</summary>
    public bool ReadOnlyAllTheWay => RuntimeStatus()?.CanMakeMountsReadOnlyAllTheWay("") == true;
    public CgroupDriver CgroupDriver { get; init; } = CgroupDriver.Cgroupfs;
    /// <summary>Whether this machine's kernel enforces AppArmor profiles.</summary>
    public bool AppArmor { get; init; } = true;
    /// <summary>Marks what this agent made: several agents, of other clusters too, may share one runtime.</summary>
    public string InstanceLabel => field ??= PodLabels.Instance(Options.NodeName, Options.DataDirectory);
    public long NodeMemory => (long)Allocatable.GetValueOrDefault("memory");
}
