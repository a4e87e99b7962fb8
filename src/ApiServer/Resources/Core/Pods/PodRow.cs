using System.Globalization;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>One Pod's line in a table: how far it is, in one word, from its phase, its containers and whether it is being deleted.</summary>
internal sealed class PodRow
{
    private readonly V1Pod _pod;
    private readonly HashSet<string> _sidecars;
    private string _reason;
    private int _ready;
    private int _total;
    private int _restarts;
    private DateTime? _lastRestart;

    private PodRow(V1Pod pod)
    {
        _pod = pod;
        _sidecars = (pod.Spec.InitContainers ?? []).Where(c => c.RestartPolicy == "Always").Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        _total = (pod.Spec.Containers?.Count ?? 0) + _sidecars.Count;
        _reason = string.IsNullOrEmpty(Status.Reason) ? Status.Phase ?? "" : Status.Reason;
    }

    private V1PodStatus Status => _pod.Status ?? Empty;
    private static V1PodStatus Empty { get; } = new();

    public static object?[] Of(V1Pod pod, DateTime now)
    {
        var row = new PodRow(pod);
        row.Read();
        return
        [
            pod.Metadata.Name, $"{row._ready}/{row._total}", row._reason, row.Restarts(now), TableCells.Age(pod.Metadata, now),
            OrNone(row.Status.PodIPs is [var first, ..] ? first.Ip : row.Status.PodIP), OrNone(pod.Spec.NodeName), OrNone(row.Status.NominatedNodeName), row.Gates(),
        ];
    }

    private void Read()
    {
        if (Condition("PodScheduled") is { Reason: "SchedulingGated" }) _reason = "SchedulingGated";
        var initializing = ReadInit();
        if (!initializing || Condition("Initialized") is { Status: "True" }) ReadContainers();
        if (_pod.Metadata.DeletionTimestamp is null) return;
        if (Status.Reason == "NodeLost") _reason = "Unknown";
        else if (Status.Phase is not ("Succeeded" or "Failed")) _reason = "Terminating";
    }

    /// <summary>Looks for the first step of initialisation that has not ended well. True when there is one.</summary>
    private bool ReadInit()
    {
        var statuses = Status.InitContainerStatuses ?? [];
        for (var i = 0; i < statuses.Count; i++)
        {
            var status = statuses[i];
            Count(status);
            if (status.State?.Terminated is { ExitCode: 0 }) continue;
            if (_sidecars.Contains(status.Name) && status.Started == true)
            {
                if (status.Ready) _ready++;
                continue;
            }
            _reason = "Init:" + InitReason(status.State, i);
            return true;
        }
        return false;
    }

    private string InitReason(V1ContainerState? state, int index)
    {
        if (state?.Terminated is { } ended) return EndOf(ended);
        if (state?.Waiting?.Reason is { Length: > 0 } why && why != "PodInitializing") return why;
        return $"{index}/{_pod.Spec.InitContainers?.Count ?? 0}";
    }

    private void ReadContainers()
    {
        RestartsOfSidecars();
        var running = false;
        foreach (var status in (Status.ContainerStatuses ?? []).Reverse())
        {
            Count(status);
            if (status.State?.Waiting is { Reason.Length: > 0 } waiting) _reason = waiting.Reason;
            else if (status.State?.Terminated is { } ended) _reason = EndOf(ended);
            else if (status.Ready && status.State?.Running is not null)
            {
                running = true;
                _ready++;
            }
        }
        // Some container is done while another goes on.
        if (_reason == "Completed" && running) _reason = Condition("Ready") is { Status: "True" } ? "Running" : "NotReady";
    }

    /// <summary>Once a Pod runs, the restarts of its past initialisation count no more.</summary>
    private void RestartsOfSidecars()
    {
        (_restarts, _lastRestart) = (0, null);
        foreach (var status in Status.InitContainerStatuses ?? [])
        {
            if (_sidecars.Contains(status.Name)) Count(status);
        }
    }

    private void Count(V1ContainerStatus status)
    {
        _restarts += status.RestartCount;
        var ended = status.LastState?.Terminated?.FinishedAt;
        if (ended > (_lastRestart ?? DateTime.MinValue)) _lastRestart = ended;
    }

    private static string EndOf(V1ContainerStateTerminated ended) =>
        !string.IsNullOrEmpty(ended.Reason) ? ended.Reason : ended.Signal is { } signal and not 0 ? $"Signal:{signal}" : $"ExitCode:{ended.ExitCode}";

    private string Restarts(DateTime now)
    {
        var count = _restarts.ToString(CultureInfo.InvariantCulture);
        return _restarts != 0 && _lastRestart is { } last ? $"{count} ({HumanDuration.Since(last, now)} ago)" : count;
    }

    private string Gates()
    {
        if (_pod.Spec.ReadinessGates is not { Count: > 0 } gates) return "<none>";
        var met = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var condition in Status.Conditions ?? []) met.TryAdd(condition.Type ?? "", condition.Status == "True");
        return $"{gates.Count(g => met.GetValueOrDefault(g.ConditionType ?? ""))}/{gates.Count}";
    }

    private V1PodCondition? Condition(string type) => Status.Conditions?.FirstOrDefault(c => c.Type == type);

    private static string OrNone(string? text) => string.IsNullOrEmpty(text) ? "<none>" : text;
}
