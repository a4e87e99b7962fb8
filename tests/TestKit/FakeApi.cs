using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Coxswain.Api;
using Coxswain.Client;
using k8s;
using k8s.Models;
using WatchEventType = Coxswain.Client.WatchEventType;

namespace Coxswain.TestKit;

/// <summary>
/// An API server of a few pages: names, uids, revisions, generations, conflicts, the status subresource, finalizers, graceful deletion of Pods on nodes,
/// watches. No defaults, no validation, and of admission only that nothing is made in a namespace that is going: what a test puts in is what controllers and nodes see.
/// </summary>
public sealed partial class FakeApi(TimeProvider time) : IApiClient
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ResourceType, Dictionary<NamespacedName, object>> _objects = [];
    private readonly Dictionary<ResourceType, List<(long Revision, WatchEventType Type, object Value)>> _history = [];
    private readonly List<(ResourceType Type, Channel<(long, WatchEventType, object)> Channel)> _watchers = [];
    private long _revision = 100;
    private int _names;

    /// <summary>May throw, to make a call fail. Arguments: verb, resource, name.</summary>
    public Action<string, string, string>? Fault { get; set; }

    /// <summary>Every call that changes something: <c>create pods web-0</c>, <c>patch pods web-0 status</c>, <c>delete pods web-0 30</c> (the grace that was asked for).</summary>
    public ConcurrentQueue<string> Writes { get; } = new();

    public int TokensIssued { get; private set; }

    /// <summary>Every watcher has taken all that happened, and so has dealt with all of it but perhaps the last.</summary>
    public bool IsDrained
    {
        get { lock (_lock) return _watchers.TrueForAll(watcher => watcher.Channel.Reader.Count == 0); }
    }

    public T? Find<T>(ResourceType<T> type, string? ns, string name) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        lock (_lock) return (T?)Table(type).GetValueOrDefault(Key(ns, name));
    }

    public IReadOnlyList<T> All<T>(ResourceType<T> type, string? ns = null) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        lock (_lock) return [.. Table(type).Where(pair => string.IsNullOrEmpty(ns) || pair.Key.Namespace == ns).Select(pair => (T)pair.Value).OrderBy(value => value.Metadata.Name, StringComparer.Ordinal)];
    }

    public Task<T> GetAsync<T>(ResourceType<T> type, string? ns, string name, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() =>
        Task.FromResult(Find(type, ns, name) ?? throw ApiErrors.NotFound(type, name));

    public Task<ObjectList<T>> ListAsync<T>(ResourceType<T> type, string? ns, ListOptions options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        Fault?.Invoke("list", type.Resource, "");
        lock (_lock) return Task.FromResult(new ObjectList<T>([.. All(type, ns).Where(value => IsSelected(type, value, options.FieldSelector))], _revision.ToString(CultureInfo.InvariantCulture), null));
    }

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, string? ns, ListOptions options, [EnumeratorCancellation] CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        Fault?.Invoke("watch", type.Resource, "");
        var channel = Channel.CreateUnbounded<(long, WatchEventType, object)>();
        lock (_lock)
        {
            var from = long.Parse(options.ResourceVersion ?? "0", CultureInfo.InvariantCulture);
            foreach (var past in History(type).Where(past => past.Revision > from)) channel.Writer.TryWrite(past);
            _watchers.Add((type, channel));
        }
        try
        {
            await foreach (var (_, kind, value) in channel.Reader.ReadAllAsync(ct))
            {
                var typed = (T)value;
                if ((string.IsNullOrEmpty(ns) || typed.Metadata.NamespaceProperty == ns) && IsSelected(type, typed, options.FieldSelector)) yield return new WatchEvent<T>(kind, typed);
            }
        }
        finally
        {
            lock (_lock) _watchers.RemoveAll(watcher => watcher.Channel == channel);
        }
    }

    /// <summary>Ends every open watch, as a server does now and then; <paramref name="error"/> makes them fail instead.</summary>
    public void EndWatches(Exception? error = null)
    {
        lock (_lock)
        {
            foreach (var (_, channel) in _watchers) channel.Writer.TryComplete(error);
            _watchers.Clear();
        }
    }

    public Task<T> CreateAsync<T>(ResourceType<T> type, T value, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        lock (_lock)
        {
            var made = type.Clone(value);
            var meta = made.Metadata;
            if (string.IsNullOrEmpty(meta.Name)) meta.Name = $"{meta.GenerateName}{++_names:x5}";
            Fault?.Invoke("create", type.Resource, meta.Name);
            RequireNamespace(type, meta);
            if (Table(type).ContainsKey(Key(meta.NamespaceProperty, meta.Name))) throw ApiErrors.AlreadyExists(type, meta.Name);
            meta.Uid = Guid.NewGuid().ToString();
            meta.CreationTimestamp = Seconds();
            meta.Generation ??= 1;
            Note("create", type, meta.Name);
            return Task.FromResult(Commit(type, made, WatchEventType.Added));
        }
    }

    public Task<T> UpdateAsync<T>(ResourceType<T> type, T value, string? subresource, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        lock (_lock)
        {
            Fault?.Invoke("update", type.Resource, value.Metadata.Name);
            var old = Find(type, value.Metadata.NamespaceProperty, value.Metadata.Name) ?? throw ApiErrors.NotFound(type, value.Metadata.Name);
            if (value.Metadata.ResourceVersion is { Length: > 0 } version && version != old.Metadata.ResourceVersion) throw ApiErrors.Modified(type, value.Metadata.Name);
            Note("update", type, value.Metadata.Name, subresource);
            return Task.FromResult(Replace(type, old, Node(type, value), subresource));
        }
    }

    public Task<T> PatchAsync<T>(ResourceType<T> type, string? ns, string name, Patch patch, string? subresource, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        lock (_lock)
        {
            Fault?.Invoke("patch", type.Resource, name);
            var old = Find(type, ns, name) ?? throw ApiErrors.NotFound(type, name);
            var document = Node(type, old);
            var change = JsonNode.Parse(patch.Body.Span)!.AsObject();
            if (change["metadata"]?["uid"]?.GetValue<string>() is { } uid && uid != old.Metadata.Uid) throw ApiErrors.Conflict(type, name, "the UID differs");
            if (change["metadata"]?["resourceVersion"]?.GetValue<string>() is { } version && version != old.Metadata.ResourceVersion) throw ApiErrors.Modified(type, name);
            PatchApplier.Apply(document, change, patch.Type == PatchType.StrategicMerge);
            Note("patch", type, name, subresource);
            return Task.FromResult(Replace(type, old, document, subresource));
        }
    }

    public Task DeleteAsync<T>(ResourceType<T> type, string? ns, string name, V1DeleteOptions? options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        lock (_lock)
        {
            Fault?.Invoke("delete", type.Resource, name);
            var old = Find(type, ns, name) ?? throw ApiErrors.NotFound(type, name);
            if (options?.Preconditions?.Uid is { } uid && uid != old.Metadata.Uid) throw ApiErrors.Conflict(type, name, "the UID differs");
            if (options?.Preconditions?.ResourceVersion is { } version && version != old.Metadata.ResourceVersion) throw ApiErrors.Modified(type, name);
            Note("delete", type, name, options?.GracePeriodSeconds?.ToString(CultureInfo.InvariantCulture));
            Delete(type, old, options);
            return Task.CompletedTask;
        }
    }

    public Task DeleteCollectionAsync<T>(ResourceType<T> type, string? ns, ListOptions selection, V1DeleteOptions? options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        Fault?.Invoke("deletecollection", type.Resource, "");
        lock (_lock)
        {
            foreach (var value in All(type, ns)) Delete(type, value, options);
            return Task.CompletedTask;
        }
    }

    public Task BindAsync(V1Binding binding, CancellationToken ct)
    {
        lock (_lock)
        {
            Fault?.Invoke("bind", "pods", binding.Metadata.Name);
            var pod = Find(Kinds.Pods, binding.Metadata.NamespaceProperty, binding.Metadata.Name) ?? throw ApiErrors.NotFound(Kinds.Pods, binding.Metadata.Name);
            if (!string.IsNullOrEmpty(pod.Spec.NodeName)) throw ApiErrors.Conflict(Kinds.Pods, pod.Metadata.Name, $"pod {pod.Metadata.Name} is already assigned to node \"{pod.Spec.NodeName}\"");
            Commit(Kinds.Pods, pod with { Metadata = pod.Metadata with { }, Spec = pod.Spec with { NodeName = binding.Target.Name } }, WatchEventType.Modified);
            return Task.CompletedTask;
        }
    }

    public Task<Authenticationv1TokenRequest> CreateTokenAsync(string ns, string serviceAccount, Authenticationv1TokenRequest request, CancellationToken ct)
    {
        lock (_lock)
        {
            TokensIssued++;
            request.Status = new V1TokenRequestStatus { Token = $"token-{TokensIssued}", ExpirationTimestamp = time.GetUtcNow().AddSeconds(request.Spec.ExpirationSeconds ?? 3600).UtcDateTime };
            return Task.FromResult(request);
        }
    }

    /// <summary>What a kubelet or a user would change: reads, changes a copy, writes it back whole.</summary>
    public T Change<T>(ResourceType<T> type, string? ns, string name, Action<T> change) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        lock (_lock)
        {
            var old = Find(type, ns, name) ?? throw ApiErrors.NotFound(type, name);
            var copy = type.Clone(old);
            change(copy);
            return Store(type, old, copy);
        }
    }
}
