using Coxswain.Api;
using k8s.Models;

namespace Coxswain.ApiServer.Resources.Core.Pods;

/// <summary>Probes and lifecycle hooks: one handler each, and sensible numbers.</summary>
internal static class ProbeValidation
{
    /// <summary>Also for startup probes.</summary>
    public static void Liveness(V1Probe? probe, long gracePeriod, FieldPath path, FieldErrors errors)
    {
        Common(probe, gracePeriod, path, errors);
        if (probe?.SuccessThreshold is { } threshold and not 1) errors.Invalid(path.Child("successThreshold"), threshold, "must be 1");
    }

    public static void Readiness(V1Probe? probe, long gracePeriod, FieldPath path, FieldErrors errors)
    {
        Common(probe, gracePeriod, path, errors);
        if (probe?.TerminationGracePeriodSeconds is { } seconds) errors.Invalid(path.Child("terminationGracePeriodSeconds"), seconds, "must not be set for readinessProbes");
    }

    public static void Lifecycle(V1Lifecycle? lifecycle, long gracePeriod, FieldPath path, FieldErrors errors)
    {
        if (lifecycle?.PostStart is { } start) Handler(start.Exec, start.HttpGet, start.TcpSocket, null, start.Sleep, gracePeriod, path.Child("postStart"), errors);
        if (lifecycle?.PreStop is { } stop) Handler(stop.Exec, stop.HttpGet, stop.TcpSocket, null, stop.Sleep, gracePeriod, path.Child("preStop"), errors);
    }

    private static void Common(V1Probe? probe, long gracePeriod, FieldPath path, FieldErrors errors)
    {
        if (probe is null) return;
        Handler(probe.Exec, probe.HttpGet, probe.TcpSocket, probe.Grpc, null, gracePeriod, path, errors);
        NotNegative(probe.InitialDelaySeconds, path.Child("initialDelaySeconds"), errors);
        NotNegative(probe.TimeoutSeconds, path.Child("timeoutSeconds"), errors);
        NotNegative(probe.PeriodSeconds, path.Child("periodSeconds"), errors);
        NotNegative(probe.SuccessThreshold, path.Child("successThreshold"), errors);
        NotNegative(probe.FailureThreshold, path.Child("failureThreshold"), errors);
        if (probe.TerminationGracePeriodSeconds is { } seconds and <= 0) errors.Invalid(path.Child("terminationGracePeriodSeconds"), seconds, "must be greater than 0");
    }

    private static void NotNegative(int? value, FieldPath path, FieldErrors errors)
    {
        if (value < 0) errors.Invalid(path, value.Value, "must be greater than or equal to 0");
    }

    private static void Handler(
        V1ExecAction? exec, V1HTTPGetAction? http, V1TCPSocketAction? tcp, V1GRPCAction? grpc, V1SleepAction? sleep, long gracePeriod, FieldPath path, FieldErrors errors)
    {
        var handlers = 0;
        if (exec is not null && First("exec") && exec.Command is not { Count: > 0 }) errors.Required(path.Child("exec", "command"));
        if (http is not null && First("httpGet")) Http(http, path.Child("httpGet"), errors);
        if (tcp is not null && First("tcpSocket")) PortValidation.NumberOrName(tcp.Port, path.Child("tcpSocket", "port"), errors);
        if (grpc is not null && First("grpc")) PortValidation.NumberOrName(grpc.Port, path.Child("grpc", "port"), errors);
        if (sleep is not null && First("sleep") && (sleep.Seconds < 0 || sleep.Seconds > gracePeriod))
        {
            errors.Invalid(path.Child("sleep"), sleep.Seconds, $"must be non-negative and less than terminationGracePeriodSeconds ({gracePeriod})");
        }
        if (handlers == 0) errors.Required(path, "must specify a handler type");

        bool First(string name)
        {
            if (handlers++ == 0) return true;
            errors.Forbidden(path.Child(name), "may not specify more than 1 handler type");
            return false;
        }
    }

    private static void Http(V1HTTPGetAction http, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(http.Path)) errors.Required(path.Child("path"));
        PortValidation.NumberOrName(http.Port, path.Child("port"), errors);
        if (http.Scheme is not ("HTTP" or "HTTPS")) errors.NotSupported(path.Child("scheme"), http.Scheme ?? "", "HTTP", "HTTPS");
        foreach (var header in http.HttpHeaders ?? []) errors.InvalidAll(path.Child("httpHeaders"), header.Name ?? "", ValueRules.HttpHeaderName(header.Name ?? ""));
    }
}
