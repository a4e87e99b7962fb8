using System.Text;
using Coxswain.Node.Pods;
using Coxswain.Node.Pods.Config;
using k8s.Models;

namespace Coxswain.Node.Volumes;

/// <summary>Fields of the Pod itself as files.</summary>
internal sealed class DownwardApiSource(PodContext pod, IList<V1DownwardAPIVolumeFile>? items, int mode) : IPayloadSource
{
    public Task AddAsync(Payload payload, CancellationToken ct)
    {
        foreach (var item in items ?? [])
        {
            var value = item.FieldRef is { } field ? FieldRefs.Value(pod.Pod, field.FieldPath, pod.Facts)
                : item.ResourceFieldRef is { } resource ? FieldRefs.Value(pod.Pod, resource, null, pod.Facts)
                : "";
            payload[item.Path] = new PayloadFile(Encoding.UTF8.GetBytes(value), item.Mode ?? mode);
        }
        return Task.CompletedTask;
    }

    public void Dispose() { }
}
