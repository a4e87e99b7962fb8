using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.Client;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Pods.Status;

/// <summary>
/// Brings one Pod's status to the API while the worker goes on: at most one write is under way, and only the newest status waits behind it. Nothing is
/// written that the API already shows.
/// </summary>
internal sealed partial class PodStatusWriter(NodeServices node, V1Pod pod) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ILogger _logger = node.Loggers.CreateLogger("Coxswain.Node.Pods.Status");
    private V1PodStatus? _wanted; // under _lock, as is all below; null: nothing waits
    private V1PodStatus? _latest;
    private V1Pod? _shown = pod.IsStatic() ? null : pod; // as the API has it; null: it has no object for this Pod (yet)
    private Task _writing = Task.CompletedTask;
    private bool _busy;

    /// <summary>The API's object, seen on the watch or made there; null when it is gone.</summary>
    public void Observe(V1Pod? shown)
    {
        lock (_lock)
        {
            if (shown is not null && _shown is not null && _shown.Metadata.Uid == shown.Metadata.Uid && Revision(shown) < Revision(_shown)) return;
            if (shown is not null && _shown?.Metadata.Uid != shown.Metadata.Uid) _wanted ??= _latest; // another object, such as a new mirror: it shows nothing yet
            _shown = shown;
            StartIfNeeded();
        }
    }

    public void Set(V1PodStatus status)
    {
        lock (_lock)
        {
            _latest = _wanted = status;
            StartIfNeeded();
        }
    }

    /// <summary>Waits until the newest status is written or can no longer be.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        Task writing;
        lock (_lock) writing = _writing;
        await writing.WaitAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _writing;
        _stop.Dispose();
    }

    private void StartIfNeeded()
    {
        if (_busy || _wanted is null || _shown is null || _stop.IsCancellationRequested) return;
        _busy = true;
        _writing = Task.Run(WriteAsync);
    }

    private async Task WriteAsync()
    {
        var backoff = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));
        while (Take() is var (status, shown))
        {
            try
            {
                if (Patch(shown, status) is not { } body) continue;
                var patch = new Patch(PatchType.StrategicMerge, body);
                var written = await node.Api.PatchAsync(Kinds.Pods, shown.Metadata.NamespaceProperty, shown.Metadata.Name, patch, "status", _stop.Token);
                Observe(written);
                backoff.Reset();
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested) { return; }
            catch (StatusException e) when (e.Code == 404)
            {
                Observe(null);
            }
            catch (StatusException e) when (e.Code is 409 or 422)
            {
                LogRefused(pod.FullName(), e.Message);
                await RereadAsync(status, shown);
            }
            catch (Exception e) // boundary: the API may be away for a while; the newest status is tried until it is back
            {
                LogFailed(e, pod.FullName());
                lock (_lock) _wanted ??= status;
                try { await Task.Delay(backoff.Next(), node.Time, _stop.Token); }
                catch (OperationCanceledException) { return; }
            }
        }
    }

    private (V1PodStatus Status, V1Pod Shown)? Take()
    {
        lock (_lock)
        {
            if (_wanted is { } status && _shown is { } shown)
            {
                _wanted = null;
                return (status, shown);
            }
            _busy = false;
            return null;
        }
    }

    private async Task RereadAsync(V1PodStatus status, V1Pod shown)
    {
        try
        {
            var current = await node.Api.GetAsync(Kinds.Pods, shown.Metadata.NamespaceProperty, shown.Metadata.Name, _stop.Token);
            if (current.Metadata.Uid != shown.Metadata.Uid) { Observe(null); return; }
            if (current.Metadata.ResourceVersion == shown.Metadata.ResourceVersion) return; // refused for what it says: asking again will not help
            Observe(current);
            lock (_lock) _wanted ??= status;
        }
        catch (Exception e) when (e is StatusException or OperationCanceledException)
        {
            Observe(null);
        }
    }

    /// <returns>Null when the API shows it all already.</returns>
    internal static ReadOnlyMemory<byte>? Patch(V1Pod shown, V1PodStatus wanted)
    {
        var (old, now) = (ToJson(shown.Status ?? new V1PodStatus()), ToJson(wanted));
        var changes = new JsonObject();
        foreach (var name in old.Select(p => p.Key).Union(now.Select(p => p.Key)).ToList())
        {
            if (JsonNode.DeepEquals(old[name], now[name])) continue;
            changes[name] = name switch
            {
                "conditions" => Conditions(now[name]),
                "podIPs" or "hostIPs" => Replaced(old[name], now[name]),
                "nominatedNodeName" or "resize" or "resourceClaimStatuses" or "extendedResourceClaimStatus" => // others' fields
                    now[name]?.DeepClone() ?? old[name]?.DeepClone(),
                _ => now[name]?.DeepClone(),
            };
        }
        if (changes.Count == 0) return null;
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["uid"] = shown.Metadata.Uid }, ["status"] = changes };
        return System.Text.Encoding.UTF8.GetBytes(patch.ToJsonString());
    }

    private static JsonObject ToJson(V1PodStatus status) => (JsonObject)JsonNode.Parse(KubeJson.Serialize(status))!;

    /// <summary>They merge by type; what a condition no longer says must be taken away by name.</summary>
    private static JsonArray? Conditions(JsonNode? list)
    {
        if (list?.DeepClone() is not JsonArray conditions) return null;
        foreach (var condition in conditions.OfType<JsonObject>())
        {
            condition.TryAdd("reason", null);
            condition.TryAdd("message", null);
        }
        return conditions;
    }

    /// <summary>These lists merge by address: a new sandbox's address would join the old one's.</summary>
    private static JsonArray? Replaced(JsonNode? old, JsonNode? now)
    {
        if (now?.DeepClone() is not JsonArray list) return null;
        if (old is JsonArray { Count: > 0 }) list.Insert(0, new JsonObject { ["$patch"] = "replace" });
        return list;
    }

    private static long Revision(V1Pod value) => long.TryParse(value.Metadata.ResourceVersion, out var revision) ? revision : 0;

    [LoggerMessage(EventId = 3101, Level = LogLevel.Debug, Message = "Status of {Pod} refused: {Why}")]
    private partial void LogRefused(string pod, string why);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Warning, Message = "Status of {Pod} could not be written; will retry")]
    private partial void LogFailed(Exception e, string pod);
}
