using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Coxswain.Api;

namespace Coxswain.Client;

/// <summary>One informer a resource, shared by everyone who asks: one watch and one cache however many controllers read it.</summary>
public sealed class InformerSet(IApiClient client, TimeProvider time, ILoggerFactory loggers)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ResourceType, IInformer> _informers = []; // under _lock
    private bool _running;

    /// <summary>The informer of all objects of a type. Ask before <see cref="RunAsync"/>.</summary>
    /// <param name="transform">See <see cref="Informer{T}.Transform"/>; that of the first who asks for the type counts.</param>
    public Informer<T> For<T>(ResourceType<T> type, Func<T, T>? transform = null) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        lock (_lock)
        {
            if (_informers.TryGetValue(type, out var known)) return (Informer<T>)known;
            if (_running) throw new InvalidOperationException($"the informers already run; {type.GroupResource} comes too late");
            var informer = new Informer<T>(client, type, new InformerOptions(), time, loggers.CreateLogger("Coxswain.Client.Informer")) { Transform = transform };
            _informers.Add(type, informer);
            return informer;
        }
    }

    /// <summary>Done once every informer has its first list.</summary>
    public Task HasSynced => Task.WhenAll(Snapshot().Select(informer => informer.HasSynced));

    public Task RunAsync(CancellationToken ct)
    {
        lock (_lock) _running = true;
        return Task.WhenAll(Snapshot().Select(informer => informer.RunAsync(ct)));
    }

    private IInformer[] Snapshot()
    {
        lock (_lock) return [.. _informers.Values];
    }
}
