using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Coxswain.ApiServer.Auth;

/// <content>
/// Certificates are renewed while the server runs. New connections get the new serving certificate, and kubeconfigs are written again.
/// </content>
public sealed partial class ClusterPki
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(90);
    /// <summary>
    /// A timer does not count time in which the machine sleeps, and does not notice when the clock is set. So the clock is read this often.
    /// </summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);
    /// <summary>A certificate cannot outlive its CA. It is renewed only when the new one would last at least this much longer.</summary>
    private static readonly TimeSpan WorthRenewing = TimeSpan.FromDays(1);

    /// <summary>Renews what nears its end, until <paramref name="ct"/>.</summary>
    public async Task KeepAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await Task.Delay(SleepNow(), Time, ct);
                TryRenew();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // asked to end
    }

    /// <summary>The certificate for a connection that is opened now. If the clock was set past its end, it is renewed first.</summary>
    internal X509Certificate2 ServingNow()
    {
        if (!_now.Serving.IsValid(Time.GetUtcNow())) TryRenew();
        return _now.Serving.Certificate;
    }

    private TimeSpan SleepNow()
    {
        var (now, held, at) = (Time.GetUtcNow(), _now, DateTimeOffset.MaxValue);
        foreach (var leaf in new[] { held.Serving, held.Admin, held.Node })
        {
            if (IsDue(leaf)) return RetryAfter; // the last attempt failed
            if (leaf.NotAfter - RenewBefore > now && leaf.NotAfter - RenewBefore < at) at = leaf.NotAfter - RenewBefore;
        }
        if (_kubeconfigsDue) return RetryAfter;
        return at - now < LongestSleep ? at - now : LongestSleep;
    }

    private void TryRenew()
    {
        try
        {
            Renew();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) // a full disk: what there is serves on
        {
            LogRenewalFailed(_files.PathOf(""), e.Message);
        }
    }

    private void Renew()
    {
        lock (_gate)
        {
            var old = _now;
            // One by one, so that what was written is used even if the next write fails. The old ones are not disposed: handshakes may
            // still use them.
            _now = _now with { Serving = Renewed(old.Serving) };
            _now = _now with { Admin = Renewed(old.Admin) };
            _kubeconfigsDue |= !ReferenceEquals(_now.Admin, old.Admin);
            if (_kubeconfigsDue) foreach (var (path, server) in _kubeconfigs) SecretFile.Write(path, KubeConfig(server, AdminPem()));
            _kubeconfigsDue = false;
            _now = _now with { Node = Renewed(old.Node) };
        }
    }

    private HeldLeaf Renewed(HeldLeaf held)
    {
        if (!IsDue(held)) return held;
        var issued = Issue(held.Leaf);
        LogRenewed(held.Leaf.File, issued.NotAfter.UtcDateTime);
        return issued;
    }

    /// <summary>It nears its end, or the clock was set back before its start; and a new one would be better.</summary>
    private bool IsDue(HeldLeaf held)
    {
        var now = Time.GetUtcNow();
        var (from, until) = _authority.LifetimeFrom(now);
        if (from >= until) return false; // the CA has ended
        return now < held.NotBefore ? from < held.NotBefore : held.NotAfter - now <= RenewBefore && until - held.NotAfter > WorthRenewing;
    }

    [LoggerMessage(EventId = 1303, Level = LogLevel.Information, Message = "Certificate {Name} renewed, valid until {Until:yyyy-MM-dd}")]
    private partial void LogRenewed(string name, DateTime until);

    [LoggerMessage(EventId = 1304, Level = LogLevel.Warning, Message =
        "A certificate could not be renewed in {Directory}; will retry: {Why}")]
    private partial void LogRenewalFailed(string directory, string why);
}
