using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Faults;

/// <summary>
/// SIGSTOP of the node's containerd for some seconds. Once in five it is not woken: the server must notice, end it and start another.
/// </summary>
internal sealed class ContainerdStopped : IFault
{
    private static readonly TimeSpan NoticeLimit = TimeSpan.FromSeconds(120);

    public string Name => "containerd-stopped";

    public async Task<Hit> InjectAsync(SoakCluster cluster, Random random, CancellationToken ct)
    {
        var seconds = random.Next(2, 10);
        var forGood = random.Next(5) == 0 && cluster.Options.Duration > TimeSpan.FromMinutes(2); // noticed after half a minute only
        var pid = await Victims.ContainerdAsync(cluster, ct);
        SystemCalls.Signal(pid, SystemCalls.Stop);
        try
        {
            if (!forGood) await Task.Delay(TimeSpan.FromSeconds(seconds), ct); // the fault itself: it hangs this long
            else await Waits.UntilAsync(IsReplaced, NoticeLimit, ct);
        }
        finally
        {
            SystemCalls.Signal(pid, SystemCalls.Continue);
        }
        return new Hit(forGood ? $"containerd {pid} until it was replaced" : $"containerd {pid} for {seconds} s");

        string? IsReplaced() =>
            cluster.Processes.Containerd() is { } now && now != pid ? null : $"containerd {pid} hangs and there is no other";
    }
}
