using System.Net;
using System.Text;
using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;

namespace Coxswain.Controllers;

/// <summary>Gives each node its own block of the cluster's Pod addresses.</summary>
internal sealed class PodCidrAllocator : IControlLoop, IReconciler
{
    private readonly ControllerContext _context;
    private readonly IPNetwork _cluster;
    private readonly int _maskSize;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly Informer<V1Node> _nodes;
    private readonly Dictionary<string, string> _given = new(StringComparer.Ordinal); // node's uid: block; what the cache may not show yet. One worker: no lock

    /// <param name="cluster">IPv4.</param>
    /// <param name="maskSize">Of a node's block, such as 24.</param>
    public PodCidrAllocator(ControllerContext context, IPNetwork cluster, int maskSize)
    {
        (_context, _cluster, _maskSize, _queue) = (context, cluster, maskSize, context.NewQueue());
        _nodes = context.Caches.For(Kinds.Nodes);
        _nodes.AddHandler(change =>
        {
            if (!change.IsDelete && string.IsNullOrEmpty(change.New!.Spec?.PodCIDR)) _queue.Add(new NamespacedName("", change.New.Metadata.Name));
            if (change.IsDelete) foreach (var waiting in _nodes.Cache.List().Where(node => string.IsNullOrEmpty(node.Spec?.PodCIDR))) _queue.Add(new NamespacedName("", waiting.Metadata.Name));
        });
    }

    public string Name => "node-ipam-controller";

    public Task RunAsync(CancellationToken ct) => _context.RunAsync(Name, this, _queue, workers: 1, ct);

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        if (!_nodes.Cache.TryGet(key, out var node) || !string.IsNullOrEmpty(node.Spec?.PodCIDR)) return ReconcileResult.Done;
        if (NextFree() is not { } block)
        {
            _context.Events.Normal(Kinds.Nodes, node, "CIDRNotAvailable", $"Node {key.Name} status is now: CIDRNotAvailable");
            return ReconcileResult.Done; // a node that goes gives its block back, and the handler brings this one here again
        }
        var body = $$$"""{"metadata":{"uid":"{{{node.Metadata.Uid}}}"},"spec":{"podCIDR":"{{{block}}}","podCIDRs":["{{{block}}}"]}}""";
        await _context.Client.PatchAsync(Kinds.Nodes, null, key.Name, new Patch(PatchType.Merge, Encoding.UTF8.GetBytes(body)), null, ct);
        _given[node.Metadata.Uid] = block;
        return ReconcileResult.Done;
    }

    private string? NextFree()
    {
        var nodes = _nodes.Cache.List();
        var alive = nodes.Select(node => node.Metadata.Uid).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _given.Keys.Where(uid => !alive.Contains(uid)).ToList()) _given.Remove(gone);
        var used = nodes.Select(node => node.Spec?.PodCIDR).Concat(_given.Values).ToHashSet(StringComparer.Ordinal);

        var bytes = _cluster.BaseAddress.GetAddressBytes();
        var start = (uint)((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]);
        for (var i = 0U; i < 1U << (_maskSize - _cluster.PrefixLength); i++)
        {
            var address = start + (i << (32 - _maskSize));
            var block = $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}/{_maskSize}";
            if (!used.Contains(block)) return block;
        }
        return null;
    }
}
