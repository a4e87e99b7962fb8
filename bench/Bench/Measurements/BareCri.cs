using System.Diagnostics;
using Coxswain.Bench.Cluster;
using Coxswain.Node.Cri;
using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Bench.Measurements;

/// <summary>A Pod's three CRI calls and nothing else, on the cluster's own containerd: what no node agent can be faster than.</summary>
internal sealed class BareCri : IAsyncDisposable
{
    private static readonly TimeSpan QuietLimit = TimeSpan.FromSeconds(30), QuietPoll = TimeSpan.FromMilliseconds(20);

    private readonly CriRuntime _runtime;
    private readonly string _image;
    private readonly string _logs;
    private int _made;

    private BareCri(CriRuntime runtime, string image, string logs) => (_runtime, _image, _logs) = (runtime, image, logs);

    /// <param name="logs">Where the containers' logs go.</param>
    public static async Task<BareCri> ConnectAsync(CoxCluster cluster, string logs, CancellationToken ct)
    {
        var runtime = new CriRuntime(cluster.RuntimeSocket, Path.Combine(logs, "exec"), TimeProvider.System, NullLogger<CriRuntime>.Instance);
        if (await runtime.GetImageAsync(Bodies.Image, ct) is { } image) return new BareCri(runtime, image.Id, logs);
        await runtime.DisposeAsync();
        throw new InvalidOperationException($"{Bodies.Image} is not on the node");
    }

    /// <summary>Makes and starts one, and removes it when <paramref name="others"/> have been started too.</summary>
    /// <returns>Milliseconds from the first call to the third one's return.</returns>
    public async Task<double> StartAsync(Task others, TaskCompletionSource started, CancellationToken ct)
    {
        var number = Interlocked.Increment(ref _made);
        var logs = Directory.CreateDirectory(Path.Combine(_logs, $"{number}", "main")).Parent!;
        var sandbox = new SandboxConfig
        {
            Metadata = new SandboxMetadata($"bare-{number}", "bench", Guid.NewGuid().ToString(), 0), Hostname = $"bare-{number}", LogDirectory = logs.FullName,
        };
        var container = new ContainerConfig { Name = "main", Image = _image, Command = ["sleep", "86400"], LogPath = "main/0.log" };
        string? id = null;
        try
        {
            var clock = Stopwatch.GetTimestamp();
            id = await _runtime.RunSandboxAsync(sandbox, ct);
            await _runtime.StartContainerAsync(await _runtime.CreateContainerAsync(id, container, sandbox, ct), ct);
            var time = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
            started.TrySetResult();
            await others.WaitAsync(ct);
            return time;
        }
        finally
        {
            started.TrySetResult();
            if (id is not null)
            {
                await _runtime.StopSandboxAsync(id, CancellationToken.None);
                await _runtime.RemoveSandboxAsync(id, CancellationToken.None);
            }
        }
    }

    /// <summary>Several at once; each one's milliseconds.</summary>
    public async Task<double[]> StartAsync(int count, CancellationToken ct)
    {
        var started = Enumerable.Range(0, count).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        var all = Task.WhenAll(started.Select(s => s.Task));
        return await Task.WhenAll(started.Select(s => Task.Run(() => StartAsync(all, s, ct), ct)));
    }

    /// <summary>Waits until the runtime holds no sandbox: what was measured before is cleaned up.</summary>
    public async Task QuietAsync(CancellationToken ct)
    {
        var clock = Stopwatch.StartNew();
        while (await _runtime.ListSandboxesAsync(null, ct) is { Count: > 0 } left)
        {
            if (clock.Elapsed > QuietLimit) throw new InvalidOperationException($"{left.Count} sandboxes are still there {QuietLimit.TotalSeconds:0} s after their Pods");
            await Task.Delay(QuietPoll, ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _runtime.DisposeAsync();
        Directory.Delete(_logs, recursive: true);
    }
}
