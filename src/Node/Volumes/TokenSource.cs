using System.Text;
using Coxswain.Api;
using Coxswain.Node.Pods;
using k8s.Models;

namespace Coxswain.Node.Volumes;

/// <summary>A token of the Pod's service account, bound to the Pod, renewed when four fifths of its life (at most a day) are over.</summary>
internal sealed class TokenSource : IPayloadSource
{
    private readonly PodContext _pod;
    private readonly V1ServiceAccountTokenProjection _source;
    private readonly int _mode;
    private readonly ITimer _timer;
    private byte[]? _token;
    private (TimeSpan RenewAt, DateTimeOffset Issued, TimeSpan Wait) _life; // RenewAt by the steady clock

    /// <param name="wake">Called when the token should be renewed.</param>
    public TokenSource(PodContext pod, V1ServiceAccountTokenProjection source, int mode, Action wake)
    {
        (_pod, _source, _mode) = (pod, source, mode);
        _timer = pod.Node.Time.CreateTimer(_ => wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public async Task AddAsync(Payload payload, CancellationToken ct)
    {
        if (!_pod.Node.Options.Materialize) return;
        if (_token is null || IsDue()) await RenewAsync(ct);
        // A token for a certain user or group is for no one else. A group is given the volume afterwards, which makes this 0640.
        var user = SharedUser(_pod.Pod);
        var mode = user is not null || _pod.Pod.Spec.SecurityContext?.FsGroup is not null ? 0b110_000_000 : _mode;
        payload[_source.Path] = new PayloadFile(_token, mode, user);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>
    /// The user that all of a Pod's containers are told to run as; null where they differ or one leaves it to its image. Ephemeral
    /// containers do not count.
    /// </summary>
    internal static long? SharedUser(V1Pod pod)
    {
        var users = pod.AllContainers().Select(c => c.SecurityContext?.RunAsUser ?? pod.Spec.SecurityContext?.RunAsUser).Distinct().ToList();
        return users.Count == 1 ? users[0] : null;
    }

    /// <summary>Those who read it go by the machine's clock: when that was set, the token may be too old for them, or too new.</summary>
    private bool IsDue()
    {
        var age = _pod.Node.Time.GetUtcNow() - _life.Issued;
        return _pod.Node.Time.Steady() >= _life.RenewAt || age >= _life.Wait || age < TimeSpan.Zero;
    }

    private async Task RenewAsync(CancellationToken ct)
    {
        var (pod, now) = (_pod.Pod, _pod.Node.Time.GetUtcNow());
        var life = TimeSpan.FromSeconds(_source.ExpirationSeconds ?? 3600);
        var request = new Authenticationv1TokenRequest
        {
            ApiVersion = "authentication.k8s.io/v1",
            Kind = "TokenRequest",
            Metadata = new V1ObjectMeta { Name = pod.Spec.ServiceAccountName, NamespaceProperty = pod.Metadata.NamespaceProperty },
            Spec = new V1TokenRequestSpec
            {
                Audiences = _source.Audience is { Length: > 0 } audience ? [audience] : [],
                ExpirationSeconds = (long)life.TotalSeconds,
                BoundObjectRef = new V1BoundObjectReference { ApiVersion = "v1", Kind = "Pod", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
            },
        };
        try
        {
            var answer = await _pod.Node.Api.CreateTokenAsync(pod.Metadata.NamespaceProperty, pod.Spec.ServiceAccountName ?? "default", request, ct);
            _token = Encoding.UTF8.GetBytes(answer.Status.Token);
            if (answer.Status.ExpirationTimestamp is { } end) life = new DateTimeOffset(end.ToUniversalTime(), TimeSpan.Zero) - now;
        }
        catch (StatusException e)
        {
            throw new VolumeException($"failed to fetch token: {e.Message}");
        }
        var wait = life * 0.8 < TimeSpan.FromHours(24) ? life * 0.8 : TimeSpan.FromHours(24);
        _life = (_pod.Node.Time.Steady() + wait, now, wait);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
