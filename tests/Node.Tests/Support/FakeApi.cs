using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Coxswain.Api;
using Coxswain.Client;
using k8s;
using k8s.Models;
using WatchEventType = Coxswain.Client.WatchEventType;

namespace Coxswain.Node.Tests;

/// <summary>An API server of a few pages: revisions, watches, graceful deletion of Pods, merge patches. What it does not need to know for the node's sake it does not.</summary>
internal sealed class FakeApi(TimeProvider time) : IApiClient
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (ResourceType Type, JsonObject Value)> _objects = new(StringComparer.Ordinal); // under _lock
    private readonly List<Watcher> _watchers = []; // under _lock
    private readonly List<string> _calls = []; // under _lock
    private long _revision = 100;

    private sealed record Watcher(ResourceType Type, string? Namespace, string? FieldSelector, Channel<(WatchEventType, JsonObject)> Channel);

    /// <summary>Every write so far: <c>patch pods web status</c>.</summary>
    public IReadOnlyList<string> Calls
    {
        get { lock (_lock) return [.. _calls]; }
    }

    /// <summary>Called before each write; throws to make it fail.</summary>
    public Action<string, ResourceType, string>? OnWrite { get; set; }
    public int TokensIssued { get; private set; }

    public Task<T> GetAsync<T>(ResourceType<T> type, string? ns, string name, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        lock (_lock) return Task.FromResult(Decode(type, Find(type, ns, name)));
    }

    public Task<ObjectList<T>> ListAsync<T>(ResourceType<T> type, string? ns, ListOptions options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        lock (_lock)
        {
            var items = _objects.Values.Where(o => o.Type == type && Selects(ns, options.FieldSelector, o.Value)).Select(o => Decode(type, o.Value)).ToList();
            return Task.FromResult(new ObjectList<T>(items, $"{_revision}", null));
        }
    }

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(ResourceType<T> type, string? ns, ListOptions options, [EnumeratorCancellation] CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var watcher = new Watcher(type, ns, options.FieldSelector, Channel.CreateUnbounded<(WatchEventType, JsonObject)>());
        lock (_lock)
        {
            var since = long.Parse(options.ResourceVersion!, null);
            foreach (var (_, value) in _objects.Values.Where(o => o.Type == type && Selects(ns, options.FieldSelector, o.Value)).ToList())
                if (Revision(value) > since) watcher.Channel.Writer.TryWrite((WatchEventType.Modified, value));
            _watchers.Add(watcher);
        }
        try
        {
            await foreach (var (kind, value) in watcher.Channel.Reader.ReadAllAsync(ct)) yield return new WatchEvent<T>(kind, Decode(type, value));
        }
        finally
        {
            lock (_lock) _watchers.Remove(watcher);
        }
    }

    public Task<T> CreateAsync<T>(ResourceType<T> type, T value, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        OnWrite?.Invoke("create", type, value.Metadata.Name);
        lock (_lock)
        {
            _calls.Add($"create {type.Resource} {value.Metadata.Name}");
            var json = (JsonObject)JsonNode.Parse(type.Encode(value))!;
            var key = Key(type, value.Metadata.NamespaceProperty, value.Metadata.Name);
            if (_objects.ContainsKey(key)) throw ApiErrors.AlreadyExists(type, value.Metadata.Name);
            var meta = (JsonObject)json["metadata"]!;
            meta["uid"] = Guid.NewGuid().ToString();
            meta["creationTimestamp"] = time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", null);
            meta["generation"] = 1;
            return Task.FromResult(Decode(type, Store(type, key, json, WatchEventType.Added)));
        }
    }

    public Task<T> UpdateAsync<T>(ResourceType<T> type, T value, string? subresource, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        OnWrite?.Invoke("update", type, value.Metadata.Name);
        lock (_lock)
        {
            _calls.Add($"update {type.Resource} {value.Metadata.Name} {subresource}");
            var old = Find(type, value.Metadata.NamespaceProperty, value.Metadata.Name);
            if (value.Metadata.ResourceVersion is { } seen && seen != $"{Revision(old)}") throw ApiErrors.Modified(type, value.Metadata.Name);
            var json = (JsonObject)JsonNode.Parse(type.Encode(value))!;
            return Task.FromResult(Decode(type, Store(type, Key(type, value.Metadata.NamespaceProperty, value.Metadata.Name), json, WatchEventType.Modified)));
        }
    }

    public Task<T> PatchAsync<T>(ResourceType<T> type, string? ns, string name, Patch patch, string? subresource, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        OnWrite?.Invoke("patch", type, name);
        lock (_lock)
        {
            _calls.Add($"patch {type.Resource} {name} {subresource}");
            var json = (JsonObject)Find(type, ns, name).DeepClone();
            var change = (JsonObject)JsonNode.Parse(patch.Body.Span)!;
            if (change["metadata"]?["uid"] is { } uid && (string?)uid != (string?)json["metadata"]!["uid"]) throw ApiErrors.Conflict(type, name, "uid");
            Merge(json, change);
            return Task.FromResult(Decode(type, Store(type, Key(type, ns, name), json, WatchEventType.Modified)));
        }
    }

    public Task DeleteAsync<T>(ResourceType<T> type, string? ns, string name, V1DeleteOptions? options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        OnWrite?.Invoke("delete", type, name);
        lock (_lock)
        {
            _calls.Add($"delete {type.Resource} {name} {options?.GracePeriodSeconds}");
            var json = (JsonObject)Find(type, ns, name).DeepClone();
            var meta = (JsonObject)json["metadata"]!;
            if (options?.Preconditions?.Uid is { } uid && uid != (string?)meta["uid"]) throw ApiErrors.Conflict(type, name, "uid");
            var grace = options?.GracePeriodSeconds ?? (long?)json["spec"]?["terminationGracePeriodSeconds"] ?? 30;
            if (type.Resource != "pods" || grace == 0)
            {
                _objects.Remove(Key(type, ns, name));
                Publish(type, Stamped(json), WatchEventType.Deleted);
                return Task.CompletedTask;
            }
            meta["deletionTimestamp"] = time.GetUtcNow().AddSeconds(grace).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", null);
            meta["deletionGracePeriodSeconds"] = grace;
            Store(type, Key(type, ns, name), json, WatchEventType.Modified);
            return Task.CompletedTask;
        }
    }

    public Task DeleteCollectionAsync<T>(ResourceType<T> type, string? ns, ListOptions selection, V1DeleteOptions? options, CancellationToken ct) where T : class, IKubernetesObject<V1ObjectMeta>, new() => throw new NotSupportedException();

    public Task BindAsync(V1Binding binding, CancellationToken ct) => throw new NotSupportedException();

    public Task<Authenticationv1TokenRequest> CreateTokenAsync(string ns, string serviceAccount, Authenticationv1TokenRequest request, CancellationToken ct)
    {
        TokensIssued++;
        request.Status = new V1TokenRequestStatus { Token = $"token-{TokensIssued}", ExpirationTimestamp = time.GetUtcNow().AddSeconds(request.Spec.ExpirationSeconds ?? 3600).UtcDateTime };
        return Task.FromResult(request);
    }

    /// <summary>Null when there is none.</summary>
    public T? Peek<T>(ResourceType<T> type, string? ns, string name) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        lock (_lock) return _objects.TryGetValue(Key(type, ns, name), out var found) ? Decode(type, found.Value) : null;
    }

    public IReadOnlyList<T> All<T>(ResourceType<T> type) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        lock (_lock) return [.. _objects.Values.Where(o => o.Type == type).Select(o => Decode(type, o.Value))];
    }

    private JsonObject Find(ResourceType type, string? ns, string name) => _objects.TryGetValue(Key(type, ns, name), out var found) ? found.Value : throw ApiErrors.NotFound(type, name);

    private JsonObject Store(ResourceType type, string key, JsonObject value, WatchEventType change)
    {
        var stamped = Stamped(value);
        _objects[key] = (type, stamped);
        Publish(type, stamped, change);
        return stamped;
    }

    private JsonObject Stamped(JsonObject value)
    {
        value["metadata"]!["resourceVersion"] = $"{++_revision}";
        return value;
    }

    private void Publish(ResourceType type, JsonObject value, WatchEventType change)
    {
        foreach (var watcher in _watchers)
            if (watcher.Type == type && Selects(watcher.Namespace, watcher.FieldSelector, value)) watcher.Channel.Writer.TryWrite((change, value));
    }

    private static bool Selects(string? ns, string? fields, JsonObject value)
    {
        if (!string.IsNullOrEmpty(ns) && (string?)value["metadata"]!["namespace"] != ns) return false;
        foreach (var term in fields?.Split(',') ?? [])
        {
            var (path, wanted) = (term.Split('=')[0], term.Split('=')[1]);
            JsonNode? node = value;
            foreach (var part in path.Split('.')) node = node?[part];
            if ((string?)node != wanted) return false;
        }
        return true;
    }

    private static void Merge(JsonObject into, JsonObject change)
    {
        foreach (var (name, value) in change.ToList())
        {
            if (value is null) into.Remove(name);
            else if (value is JsonObject inner && into[name] is JsonObject old) Merge(old, inner);
            else if (value is JsonArray && name is "conditions" or "podIPs" or "hostIPs" && into[name] is JsonArray olds) into[name] = MergeList(olds, (JsonArray)value, name == "conditions" ? "type" : "ip");
            else into[name] = Clean(value.DeepClone());
        }
    }

    private static JsonArray MergeList(JsonArray old, JsonArray change, string key)
    {
        var replace = change.OfType<JsonObject>().Any(o => (string?)o["$patch"] == "replace");
        var merged = replace ? [] : old.OfType<JsonObject>().Select(o => (JsonObject)o.DeepClone()).ToList();
        foreach (var item in change.OfType<JsonObject>().Where(o => !o.ContainsKey("$patch")))
        {
            if (merged.FirstOrDefault(m => (string?)m[key] == (string?)item[key]) is { } found) Merge(found, item);
            else merged.Add((JsonObject)Clean(item.DeepClone())!);
        }
        return new JsonArray([.. merged]);
    }

    private static JsonNode? Clean(JsonNode? node)
    {
        if (node is JsonArray list) foreach (var item in list) Clean(item);
        if (node is JsonObject o) foreach (var name in o.Where(p => p.Value is null).Select(p => p.Key).ToList()) o.Remove(name);
        return node;
    }

    private static T Decode<T>(ResourceType<T> type, JsonObject value) where T : class, IKubernetesObject<V1ObjectMeta>, new() => type.Decode(System.Text.Encoding.UTF8.GetBytes(value.ToJsonString()));

    private static long Revision(JsonObject value) => long.Parse((string)value["metadata"]!["resourceVersion"]!, null);

    private static string Key(ResourceType type, string? ns, string name) => $"{type.GroupResource}/{(type.Namespaced ? ns : "")}/{name}";
}
