using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Coxswain.Bench.Cluster;

namespace Coxswain.Bench.Load;

/// <summary>What Pods come to, seen on one watch: moments as timestamps of <see cref="Stopwatch"/>.</summary>
internal sealed class PodWatch : IAsyncDisposable
{
    private readonly Watching _watching;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<(string Pod, PodMoment Moment), TaskCompletionSource<long>> _moments = new();
    private readonly int[] _counts = new int[Enum.GetValues<PodMoment>().Length]; // by moment; guarded by itself, as the targets are
    private readonly List<(int Count, PodMoment Moment, TaskCompletionSource<long> Reached)> _targets = [];
    private readonly Task _reading;

    private PodWatch(Watching watching)
    {
        _watching = watching;
        _reading = Task.Run(ReadAsync);
    }

    /// <param name="ns">Watched from now on.</param>
    public static async Task<PodWatch> OpenAsync(ApiConnection api, string ns, CancellationToken ct) => new(await Watching.OpenAsync(api, $"/api/v1/namespaces/{ns}/pods?watch=1", ct));

    /// <summary>When that was first seen; waits for it.</summary>
    /// <exception cref="TimeoutException"/>
    public Task<long> WaitAsync(string pod, PodMoment moment, TimeSpan limit, CancellationToken ct)
    {
        return ResultAsync(_moments.GetOrAdd((pod, moment), _ => New()).Task, $"Pod {pod} {moment}", limit, ct);
    }

    /// <summary>When so many had come to it; waits for it. To be asked before any of them has.</summary>
    /// <exception cref="TimeoutException"/>
    public Task<long> WaitForAsync(int count, PodMoment moment, TimeSpan limit, CancellationToken ct)
    {
        lock (_counts)
        {
            var reached = New();
            _targets.Add((count, moment, reached));
            return ResultAsync(reached.Task, $"{count} Pods {moment}", limit, ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _watching.Dispose();
        try { await _reading; }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException or ObjectDisposedException) { } // as asked
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        await foreach (var line in _watching.LinesAsync(_stop.Token))
        {
            var now = Stopwatch.GetTimestamp();
            using var json = JsonDocument.Parse(line);
            var pod = json.RootElement.GetProperty("object");
            var name = pod.GetProperty("metadata").GetProperty("name").GetString()!;
            Note(name, PodMoment.Seen, now);
            if (pod.GetProperty("spec").TryGetProperty("nodeName", out _)) Note(name, PodMoment.Bound, now);
            if (IsReady(pod)) Note(name, PodMoment.Ready, now);
            if (json.RootElement.GetProperty("type").ValueEquals("DELETED")) Note(name, PodMoment.Gone, now);
        }
    }

    private void Note(string pod, PodMoment moment, long when)
    {
        if (!_moments.GetOrAdd((pod, moment), _ => New()).TrySetResult(when)) return; // known
        lock (_counts)
        {
            var count = ++_counts[(int)moment];
            foreach (var target in _targets.Where(t => t.Moment == moment && t.Count == count)) target.Reached.TrySetResult(when);
        }
    }

    private async Task<long> ResultAsync(Task<long> task, string what, TimeSpan limit, CancellationToken ct)
    {
        try
        {
            if (await Task.WhenAny(task, _reading).WaitAsync(limit, ct) == task) return await task;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"not seen within {limit.TotalSeconds:0} s: {what}; so far {string.Join(", ", Enum.GetValues<PodMoment>().Select(m => $"{_counts[(int)m]} {m}"))}");
        }
        await _reading;
        throw new InvalidOperationException("the watch of the Pods ended");
    }

    private static bool IsReady(JsonElement pod) =>
        pod.TryGetProperty("status", out var status) && status.TryGetProperty("conditions", out var conditions)
        && conditions.EnumerateArray().Any(c => c.GetProperty("type").ValueEquals("Ready") && c.GetProperty("status").ValueEquals("True"));

    private static TaskCompletionSource<long> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
