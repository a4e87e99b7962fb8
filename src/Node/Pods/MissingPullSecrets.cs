using Coxswain.Api;

namespace Coxswain.Node.Pods;

/// <summary>Tells which of a Pod's imagePullSecrets are not there: an image from a registry that wants credentials will not come. Upstream says so whenever it looks after the Pod.</summary>
internal sealed class MissingPullSecrets(PodContext pod)
{
    /// <summary>A Pod at rest is looked after once a minute; one that starts is looked at many times in a moment.</summary>
    private static readonly TimeSpan AtRest = TimeSpan.FromMinutes(1), AtMost = TimeSpan.FromSeconds(10);

    private string _told = "";
    private TimeSpan _at; // by the steady clock

    /// <returns>When to look again; null when none is missing.</returns>
    public async ValueTask<TimeSpan?> TellAsync(CancellationToken ct)
    {
        var missing = await FindAsync(ct);
        var now = pod.Node.Time.Steady();
        if (missing.Length > 0 && (missing != _told || now - _at >= AtMost))
        {
            pod.Event("Warning", "FailedToRetrieveImagePullSecret", $"Unable to retrieve some image pull secrets ({missing}); attempting to pull the image may not succeed.");
            _at = now;
        }
        _told = missing;
        return missing.Length > 0 ? AtRest : null;
    }

    private async ValueTask<string> FindAsync(CancellationToken ct)
    {
        var missing = new List<string>();
        foreach (var reference in pod.Pod.Spec.ImagePullSecrets ?? [])
            if (reference.Name is { Length: > 0 } name && await pod.Objects.SecretAsync(name, ct) is null) missing.Add(name);
        return string.Join(", ", missing);
    }
}
