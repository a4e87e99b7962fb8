using Coxswain.Node.Pods;
using k8s.Models;

namespace Coxswain.Node.Probes;

/// <summary>Carries out one probe, whatever its kind.</summary>
internal static class Prober
{
    public static Task<ProbeOutcome> RunAsync(PodContext pod, V1Container container, string containerId, V1Probe probe, CancellationToken ct)
    {
        var timeout = TimeSpan.FromSeconds(probe.TimeoutSeconds ?? 1);
        var (time, host) = (pod.Node.Time, pod.PodIps.Count > 0 ? pod.PodIps[0] : "127.0.0.1");
        if (probe.Exec is { } exec) return ExecProbe.RunAsync(pod.Node.Runtime, containerId, [.. exec.Command ?? []], timeout, ct);
        if (probe.HttpGet is { } http)
        {
            return Ports.Resolve(http.Port?.Value, container, out var problem) is { } port
                ? HttpProbe.RunAsync(http, host, port, timeout, time, ct)
                : Task.FromResult(ProbeOutcome.Unknown(problem));
        }
        if (probe.TcpSocket is { } tcp)
        {
            return Ports.Resolve(tcp.Port?.Value, container, out var problem) is { } port
                ? TcpProbe.RunAsync(tcp.Host is { Length: > 0 } named ? named : host, port, timeout, time, ct)
                : Task.FromResult(ProbeOutcome.Unknown(problem));
        }
        if (probe.Grpc is { } grpc) return GrpcProbe.RunAsync(host, grpc.Port, grpc.Service ?? "", timeout, time, ct);
        return Task.FromResult(ProbeOutcome.Unknown($"missing probe handler for {pod.Pod.FullName()}:{container.Name}"));
    }
}
