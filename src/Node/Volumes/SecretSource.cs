using Coxswain.Node.Pods;
using k8s.Models;

namespace Coxswain.Node.Volumes;

/// <summary>The keys of a Secret as files.</summary>
internal sealed class SecretSource(PodContext pod, string name, IList<V1KeyToPath>? items, bool optional, int mode) : IPayloadSource
{
    public async Task AddAsync(Payload payload, CancellationToken ct)
    {
        if (await pod.Objects.SecretAsync(name, ct) is not { } secret)
        {
            if (optional) return;
            throw new VolumeException($"secret \"{name}\" not found");
        }
        var files = (secret.Data ?? new Dictionary<string, byte[]>()).ToDictionary(p => p.Key, p => (ReadOnlyMemory<byte>)p.Value);
        KeyItems.Add(payload, files, items, mode, optional, "references non-existent secret key");
    }

    public void Dispose() { }
}
