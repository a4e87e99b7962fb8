using System.Text;
using Coxswain.Node.Pods;
using k8s.Models;

namespace Coxswain.Node.Volumes;

/// <summary>The keys of a ConfigMap as files.</summary>
internal sealed class ConfigMapSource(PodContext pod, string name, IList<V1KeyToPath>? items, bool optional, int mode) : IPayloadSource
{
    public async Task AddAsync(Payload payload, CancellationToken ct)
    {
        if (await pod.Objects.ConfigMapAsync(name, ct) is not { } map)
        {
            if (optional) return;
            throw new VolumeException($"configmap \"{name}\" not found");
        }
        var files = new Dictionary<string, ReadOnlyMemory<byte>>();
        foreach (var (key, text) in map.Data ?? new Dictionary<string, string>()) files[key] = Encoding.UTF8.GetBytes(text);
        foreach (var (key, bytes) in map.BinaryData ?? new Dictionary<string, byte[]>()) files[key] = bytes;
        KeyItems.Add(payload, files, items, mode, optional, "configmap references non-existent config key");
    }

    public void Dispose() { }
}
