using Coxswain.Api;
using Coxswain.ApiServer.Resources.Core.Services;
using Coxswain.Client;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain.Cluster;

/// <summary>Makes the Service <c>default/kubernetes</c>, its Endpoints and its EndpointSlice anew whenever someone deletes or changes them.</summary>
/// <param name="address">Where Pods reach the server, as in <see cref="ApiServerService.EnsureAsync"/>.</param>
internal sealed class ApiServerServiceKeeper(IApiClient client, string serviceCidr, string address, int port, TimeProvider time, ILoggerFactory loggers) : IReconciler
{
    private const string Name = "kubernetes-service";
    private static readonly InformerOptions Watched = new() { Namespace = SystemNamespaces.Default, FieldSelector = "metadata.name=kubernetes" };

    public async Task RunAsync(CancellationToken ct)
    {
        using var queue = new WorkQueue<NamespacedName>(time);
        await Task.WhenAll(
            InformerOf(Kinds.Services, queue).RunAsync(ct),
            InformerOf(Kinds.Endpoints, queue).RunAsync(ct),
            InformerOf(Kinds.EndpointSlices, queue).RunAsync(ct),
            new Controller(Name, this, queue, loggers.CreateLogger<Controller>()).RunAsync(workers: 1, ct));
    }

    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken ct)
    {
        await ApiServerService.EnsureAsync(client, serviceCidr, address, port, ct);
        return ReconcileResult.Done;
    }

    private Informer<T> InformerOf<T>(ResourceType<T> type, WorkQueue<NamespacedName> queue) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var informer = new Informer<T>(client, type, Watched, time, loggers.CreateLogger<Informer<T>>());
        informer.AddHandler(change => queue.Add(new NamespacedName(change.Value.Metadata.NamespaceProperty, change.Value.Metadata.Name)));
        return informer;
    }
}
