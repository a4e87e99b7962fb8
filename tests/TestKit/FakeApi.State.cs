using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coxswain.Api;
using k8s;
using k8s.Models;
using WatchEventType = Coxswain.Client.WatchEventType;

namespace Coxswain.TestKit;

/// <summary>What a write does to what is stored; all of it under the lock.</summary>
public sealed partial class FakeApi
{
    private T Replace<T>(ResourceType<T> type, T old, JsonObject wanted, string? subresource) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var document = Node(type, old);
        if (subresource == "status")
        {
            document["status"] = wanted["status"]?.DeepClone();
            document["metadata"]!["annotations"] = wanted["metadata"]!["annotations"]?.DeepClone(); // as the real one: only labels and spec are guarded
        }
        else
        {
            var status = document["status"]?.DeepClone();
            document = wanted.DeepClone().AsObject();
            document["status"] = status;
        }
        var value = type.Decode(JsonSerializer.SerializeToUtf8Bytes(document));
        (value.Metadata.Uid, value.Metadata.CreationTimestamp, value.Metadata.DeletionTimestamp, value.Metadata.Generation) =
            (old.Metadata.Uid, old.Metadata.CreationTimestamp, old.Metadata.DeletionTimestamp, old.Metadata.Generation);
        if (JsonNode.DeepEquals(Node(type, old), Node(type, value))) return old;
        return Store(type, old, value);
    }

    /// <summary>Writes the new value, or ends the object when it is going and this took the last hold away.</summary>
    private T Store<T>(ResourceType<T> type, T old, T value) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        if (old.Metadata.DeletionTimestamp is not null && value.Metadata.Finalizers is not { Count: > 0 } && !HasOtherHold(value)) return Commit(type, value, WatchEventType.Deleted);
        return Commit(type, BumpGeneration(type, old, value), WatchEventType.Modified);
    }

    private static bool HasOtherHold(object value) =>
        value is V1Namespace { Spec.Finalizers.Count: > 0 } || value is V1Pod { Metadata.DeletionGracePeriodSeconds: > 0 };

    private static T BumpGeneration<T>(ResourceType<T> type, T old, T value) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        if (!JsonNode.DeepEquals(Node(type, old)["spec"], Node(type, value)["spec"])) value.Metadata.Generation = (old.Metadata.Generation ?? 0) + 1;
        return value;
    }

    private void Delete<T>(ResourceType<T> type, T old, V1DeleteOptions? options) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var value = type.Clone(old);
        var finalizers = value.Metadata.Finalizers?.ToList() ?? [];
        if (options?.PropagationPolicy == "Foreground" && !finalizers.Contains("foregroundDeletion")) finalizers.Add("foregroundDeletion");
        if (options?.PropagationPolicy == "Orphan" && !finalizers.Contains("orphan")) finalizers.Add("orphan");
        value.Metadata.Finalizers = finalizers.Count == 0 ? null : finalizers;
        if (value is V1Pod pod) value.Metadata.DeletionGracePeriodSeconds = string.IsNullOrEmpty(pod.Spec?.NodeName) ? 0 : options?.GracePeriodSeconds ?? pod.Spec!.TerminationGracePeriodSeconds ?? 30;
        if (finalizers.Count == 0 && !HasOtherHold(value))
        {
            Commit(type, value, WatchEventType.Deleted);
            return;
        }
        var grace = value.Metadata.DeletionGracePeriodSeconds ?? 0;
        if (old.Metadata.DeletionTimestamp is null || grace < old.Metadata.DeletionGracePeriodSeconds) value.Metadata.DeletionTimestamp = Seconds().AddSeconds(grace);
        else value.Metadata.DeletionGracePeriodSeconds = old.Metadata.DeletionGracePeriodSeconds; // it can be hurried, not put off
        if (value is V1Namespace ns) (ns.Status ??= new V1NamespaceStatus()).Phase = "Terminating";
        if (!JsonNode.DeepEquals(Node(type, old), Node(type, value))) Commit(type, value, WatchEventType.Modified);
    }

    private T Commit<T>(ResourceType<T> type, T value, WatchEventType what) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var key = Key(value.Metadata.NamespaceProperty, value.Metadata.Name);
        value.Metadata.ResourceVersion = (++_revision).ToString(CultureInfo.InvariantCulture);
        if (what == WatchEventType.Deleted) Table(type).Remove(key);
        else Table(type)[key] = value;
        History(type).Add((_revision, what, value));
        foreach (var (watched, channel) in _watchers) if (watched == type) channel.Writer.TryWrite((_revision, what, value));
        return value;
    }

    private void Note(string verb, ResourceType type, string name, string? more = null) => Writes.Enqueue(more is null ? $"{verb} {type.Resource} {name}" : $"{verb} {type.Resource} {name} {more}");

    /// <summary>A namespace that nobody has made will do; one that is going or gone will not.</summary>
    private void RequireNamespace(ResourceType type, V1ObjectMeta meta)
    {
        if (meta.NamespaceProperty is not { Length: > 0 } ns) return;
        var found = Find(Kinds.Namespaces, null, ns);
        if (found is null && History(Kinds.Namespaces).Exists(past => ((V1Namespace)past.Value).Metadata.Name == ns)) throw ApiErrors.NotFound(Kinds.Namespaces, ns);
        if (found?.Metadata.DeletionTimestamp is null) return;
        var error = ApiErrors.Forbidden(type.GroupVersionResource, meta.Name, $"unable to create new content in namespace {ns} because it is being terminated");
        error.Status.Details.Causes = [new V1StatusCause { Reason = "NamespaceTerminating", Message = $"namespace {ns} is being terminated", Field = "metadata.namespace" }];
        throw error;
    }

    private static bool IsSelected<T>(ResourceType<T> type, T value, string? fields) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        foreach (var term in fields?.Split(',') ?? [])
        {
            var (path, wanted) = (term.Split('=')[0], term.Split('=')[1]);
            JsonNode? node = Node(type, value);
            foreach (var part in path.Split('.')) node = node?[part];
            if ((string?)node != wanted) return false;
        }
        return true;
    }

    private DateTime Seconds() => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds()).UtcDateTime;
    private static NamespacedName Key(string? ns, string name) => new(ns ?? "", name);
    private static JsonObject Node<T>(ResourceType<T> type, T value) where T : class, IKubernetesObject<V1ObjectMeta>, new() => JsonNode.Parse(type.Encode(value))!.AsObject();

    private Dictionary<NamespacedName, object> Table(ResourceType type) => _objects.TryGetValue(type, out var table) ? table : _objects[type] = [];
    private List<(long Revision, WatchEventType Type, object Value)> History(ResourceType type) => _history.TryGetValue(type, out var history) ? history : _history[type] = [];
}
