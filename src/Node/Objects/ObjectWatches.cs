using Coxswain.Api;
using Coxswain.Client;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Objects;

/// <summary>
/// Single objects that Pods on this node refer to, each kept fresh by one watch of its own for as long as a Pod refers to it. A node is allowed to see no more than that.
/// </summary>
internal sealed class ObjectWatches<T>(IApiClient client, ResourceType<T> type, TimeProvider time, ILogger logger) : IAsyncDisposable
    where T : class, IKubernetesObject<V1ObjectMeta>, new()
{
    private readonly Lock _lock = new();
    private readonly Dictionary<NamespacedName, Watch> _watches = []; // under _lock

    internal sealed record Watch(Informer<T> Informer, Task Running, CancellationTokenSource Stop)
    {
        public int References { get; set; } // under _lock
        public event Action? Changed;
        public void Tell() => Changed?.Invoke();
    }

    /// <param name="changed">Called after each change, on the watch's own loop: only wake someone there.</param>
    public Reference Acquire(NamespacedName name, Action changed)
    {
        lock (_lock)
        {
            var shared = _watches.TryGetValue(name, out var watch);
            watch ??= _watches[name] = Start(name);
            watch.References++;
            watch.Changed += changed;
            return new Reference(this, name, watch, changed, shared);
        }
    }

    private Task<T> ReadAsync(NamespacedName name, CancellationToken ct) => client.GetAsync(type, name.Namespace, name.Name, ct);

    public async ValueTask DisposeAsync()
    {
        Watch[] watches;
        lock (_lock) watches = [.. _watches.Values];
        foreach (var watch in watches) await StopAsync(watch);
    }

    private Watch Start(NamespacedName name)
    {
        var options = new InformerOptions { Namespace = name.Namespace, FieldSelector = $"metadata.name={name.Name}" };
        var informer = new Informer<T>(client, type, options, time, logger);
        var stop = new CancellationTokenSource();
        var watch = new Watch(informer, Task.Run(() => informer.RunAsync(stop.Token), stop.Token), stop);
        informer.AddHandler(_ => watch.Tell());
        return watch;
    }

    private async ValueTask ReleaseAsync(NamespacedName name, Watch watch, Action changed)
    {
        lock (_lock)
        {
            watch.Changed -= changed;
            if (--watch.References > 0) return;
            _watches.Remove(name);
        }
        await StopAsync(watch);
    }

    private static async Task StopAsync(Watch watch)
    {
        await watch.Stop.CancelAsync();
        await watch.Running.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        watch.Stop.Dispose();
    }

    /// <summary>One Pod's hold on one object.</summary>
    public sealed class Reference : IAsyncDisposable
    {
        private readonly ObjectWatches<T> _owner;
        private readonly NamespacedName _name;
        private readonly Watch _watch;
        private readonly Action _changed;
        private T? _fresh;
        private bool _mustRead;

        internal Reference(ObjectWatches<T> owner, NamespacedName name, Watch watch, Action changed, bool shared) =>
            (_owner, _name, _watch, _changed, _mustRead) = (owner, name, watch, changed, shared);

        /// <summary>
        /// The object, at least as new as when this reference was taken: a watch that was already open may lag behind the write that the Pod's
        /// author made just before the Pod.
        /// </summary>
        public async ValueTask<T?> GetAsync(CancellationToken ct)
        {
            await _watch.Informer.HasSynced.WaitAsync(ct);
            if (_mustRead)
            {
                _fresh = await ReadAsync(ct);
                _mustRead = false;
            }
            // The watch's revision and not the object's: one that is deleted by now has none.
            if (_fresh is not null && _watch.Informer.Revision >= Revisions.Of(_fresh)) _fresh = null;
            return _fresh ?? _watch.Informer.Cache.Get(_name);
        }

        public ValueTask DisposeAsync() => _owner.ReleaseAsync(_name, _watch, _changed);

        private async Task<T?> ReadAsync(CancellationToken ct)
        {
            try { return await _owner.ReadAsync(_name, ct); }
            catch (StatusException e) when (e.Code == 404) { return null; }
        }
    }
}
