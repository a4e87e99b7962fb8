using Coxswain.Node.Probes;
using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Pods;

/// <summary>Runs postStart and preStop hooks.</summary>
internal static class Hooks
{
    /// <returns>Null, or what went wrong.</returns>
    public static async Task<string?> RunAsync(PodContext pod, V1Container container, string containerId, V1LifecycleHandler hook, CancellationToken ct)
    {
        if (hook.Exec is { } exec) return await ExecAsync(pod, containerId, [.. exec.Command ?? []], ct);
        if (hook.HttpGet is { } http) return await GetAsync(pod, container, http, ct);
        if (hook.Sleep is { } sleep) await Task.Delay(TimeSpan.FromSeconds(sleep.Seconds), pod.Node.Time, ct);
        return null;
    }

    private static async Task<string?> ExecAsync(PodContext pod, string containerId, IReadOnlyList<string> command, CancellationToken ct)
    {
        try
        {
            var result = await pod.Node.Runtime.ExecSyncAsync(containerId, command, TimeSpan.Zero, ct);
            return result.ExitCode == 0 ? null : $"command '{string.Join(' ', command)}' exited with {result.ExitCode}";
        }
        catch (RuntimeException e)
        {
            return e.Message;
        }
    }

    private static async Task<string?> GetAsync(PodContext pod, V1Container container, V1HTTPGetAction action, CancellationToken ct)
    {
        if (Ports.Resolve(action.Port?.Value ?? "80", container, out _) is not { } port) return $"couldn't find port: {action.Port?.Value}";
        var host = pod.PodIps.Count > 0 ? pod.PodIps[0] : "127.0.0.1";
        var outcome = await HttpProbe.RunAsync(action, host, port, TimeSpan.FromMinutes(2), pod.Node.Time, ct);
        return outcome.Result is ProbeResult.Success or ProbeResult.Warning ? null : outcome.Output;
    }
}
