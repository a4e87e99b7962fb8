using Coxswain.Api;
using Coxswain.Client;
using Microsoft.Extensions.Logging;

namespace Coxswain.Controllers;

/// <summary>All controllers, over one set of shared caches.</summary>
public sealed class ControllerManager
{
    private readonly InformerSet _informers;
    private readonly List<IControlLoop> _loops;

    /// <param name="clientFor">A client that acts as the named controller (<c>deployment-controller</c>: the service account of that name in kube-system); <c>kube-controller-manager</c> reads for all.</param>
    public ControllerManager(Func<string, IApiClient> clientFor, TimeProvider time, ILoggerFactory loggers, ControllerManagerOptions options)
    {
        _informers = new InformerSet(clientFor("kube-controller-manager"), time, loggers);
        var caches = new SharedCaches(_informers);

        // The identity that acts and the component that Events name differ for some: users know both from upstream.
        ControllerContext Context(string identity, string? component = null) =>
            new(component ?? identity, clientFor(identity), caches, time, loggers.CreateLogger($"Coxswain.Controllers.{identity}"));

        _loops =
        [
            new DeploymentController(Context("deployment-controller")),
            new ReplicaController<k8s.Models.V1ReplicaSet>("replicaset-controller", Context("replicaset-controller"), new ReplicaSetKind()),
            new ReplicaController<k8s.Models.V1ReplicationController>("replication-controller", Context("replication-controller"), new ReplicationControllerKind()),
            new DaemonSetController(Context("daemon-set-controller", "daemonset-controller")),
            new EndpointsController(Context("endpoint-controller")),
            new EndpointSliceController(Context("endpointslice-controller", "endpoint-slice-controller")),
            new EndpointSliceMirroringController(Context("endpointslicemirroring-controller", "endpoint-slice-mirroring-controller")),
            new NamespaceController(Context("namespace-controller"), Kinds.All),
            new ServiceAccountController(Context("service-account-controller")),
            new ResourceQuotaController(Context("resourcequota-controller"), Kinds.All),
            new GarbageCollector(Context("generic-garbage-collector", "garbage-collector-controller"), Kinds.All),
            new NodeLifecycleController(Context("node-controller"), options.NodeMonitorGracePeriod),
            new TaintEvictionController(Context("node-controller", "taint-eviction-controller")),
            new PodGarbageController(Context("pod-garbage-collector"), options.TerminatedPodThreshold),
        ];
        if (options.RootCa is { } certificate) _loops.Add(new RootCaPublisher(Context("root-ca-cert-publisher"), certificate));
        if (options.ClusterCidr is { } cidr) _loops.Add(new PodCidrAllocator(Context("node-controller", "cidrAllocator"), cidr, options.NodeCidrMaskSize));
    }

    /// <summary>Done once every cache has its first list.</summary>
    public Task HasSynced => _informers.HasSynced;

    /// <summary>Runs until <paramref name="ct"/> is cancelled, then returns once no key is in hand.</summary>
    public Task RunAsync(CancellationToken ct) => Task.WhenAll(_loops.Select(loop => loop.RunAsync(ct)).Append(_informers.RunAsync(ct)));
}
