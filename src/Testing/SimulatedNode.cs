using Coxswain.Client;
using Coxswain.Node;
using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Coxswain.Testing;

/// <summary>A node whose containers only pretend; its agent is the real one.</summary>
public sealed class SimulatedNode : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    internal SimulatedNode(NodeAgentOptions options, IApiClient client, SimulatedRuntime runtime, TimeProvider time, ILoggerFactory loggers)
    {
        (Name, Runtime) = (options.NodeName, runtime);
        Agent = new NodeAgent(options, client, runtime, time, loggers);
        _running = Agent.RunAsync(_stop.Token);
    }

    /// <summary>Of the Node object.</summary>
    public string Name { get; }

    /// <summary>The pretended containers: what runs, and ways to make it fail.</summary>
    public SimulatedRuntime Runtime { get; }

    /// <summary>The node's side of Kubernetes.</summary>
    public NodeAgent Agent { get; }

    /// <summary>The machine is lost: no heartbeat, no status, no word about its Pods from now on.</summary>
    public async Task CrashAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <summary>As <see cref="CrashAsync"/>; the containers go too.</summary>
    public async ValueTask DisposeAsync()
    {
        await CrashAsync();
        await Runtime.DisposeAsync();
        _stop.Dispose();
    }
}
