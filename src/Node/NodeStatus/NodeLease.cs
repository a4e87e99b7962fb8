using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.NodeStatus;

/// <summary>The node's heartbeat: a Lease in <c>kube-node-lease</c>, renewed at a quarter of its 40 s.</summary>
internal sealed partial class NodeLease(NodeAgentOptions options, IApiClient api, NodeReporter node, TimeProvider time, ILogger logger)
{
    private const int Seconds = 40;
    private readonly ClockWatch _clock = new(time);

    /// <summary>Called, at the heartbeat's pace, when the machine's clock was set.</summary>
    public Action ClockWasSet { get; init; } = () => { };

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await node.Registered.WaitAsync(ct);
            var lease = (V1Lease?)null;
            while (true)
            {
                lease = await RenewAsync(lease, node.Node, ct);
                if (_clock.WasSet()) ClockWasSet();
                // After a failure sooner: another 30 s and the node counts as dead.
                await Task.Delay(lease is null ? TimeSpan.FromSeconds(1) : options.LeasePeriod, time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // asked to end
    }

    /// <returns>The Lease as written; null when it must be read anew.</returns>
    private async Task<V1Lease?> RenewAsync(V1Lease? known, V1Node owner, CancellationToken ct)
    {
        try
        {
            var lease = known ?? await FindAsync(ct);
            if (lease is null) return await api.CreateAsync(Kinds.Leases, Stamp(Kinds.Leases.New(SystemNamespaces.NodeLeases, options.NodeName), owner), ct);
            return await api.UpdateAsync(Kinds.Leases, Stamp(Kinds.Leases.Clone(lease), owner), null, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { throw; }
        catch (Exception e) // boundary: heartbeats go on whatever the API does
        {
            LogFailed(e, options.NodeName);
            return null;
        }
    }

    private async Task<V1Lease?> FindAsync(CancellationToken ct)
    {
        try { return await api.GetAsync(Kinds.Leases, SystemNamespaces.NodeLeases, options.NodeName, ct); }
        catch (StatusException e) when (e.Code == 404) { return null; }
    }

    private V1Lease Stamp(V1Lease lease, V1Node owner)
    {
        lease.Metadata.OwnerReferences = [new V1OwnerReference { ApiVersion = "v1", Kind = "Node", Name = owner.Metadata.Name, Uid = owner.Metadata.Uid }];
        lease.Spec ??= new V1LeaseSpec();
        lease.Spec.HolderIdentity = options.NodeName;
        lease.Spec.LeaseDurationSeconds = Seconds;
        var now = time.GetUtcNow();
        lease.Spec.RenewTime = now.UtcDateTime.AddTicks(-(now.Ticks % 10)); // microseconds on the wire
        return lease;
    }

    [LoggerMessage(EventId = 3202, Level = LogLevel.Warning, Message = "Node {Node}: its Lease could not be renewed; will retry")]
    private partial void LogFailed(Exception e, string node);
}
