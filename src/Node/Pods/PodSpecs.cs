using System.Globalization;
using Coxswain.Api;
using k8s.Models;

namespace Coxswain.Node.Pods;

/// <summary>Small questions about a Pod's spec that many ask.</summary>
internal static class PodSpecs
{
    /// <summary>How messages name a Pod: <c>name_namespace(uid)</c>.</summary>
    public static string FullName(this V1Pod pod) => $"{pod.Metadata.Name}_{pod.Metadata.NamespaceProperty}({pod.Metadata.Uid})";

    public static IEnumerable<V1Container> InitContainers(this V1Pod pod) => pod.Spec.InitContainers ?? [];

    public static IEnumerable<V1Container> AllContainers(this V1Pod pod) => pod.InitContainers().Concat(pod.Spec.Containers);

    /// <summary>An init container that keeps running beside the others.</summary>
    public static bool IsSidecar(this V1Container container) => container.RestartPolicy == "Always";

    public static bool IsSidecar(this V1Pod pod, string container) => pod.InitContainers().Any(c => c.Name == container && c.IsSidecar());

    public static bool IsInit(this V1Pod pod, string container) => pod.InitContainers().Any(c => c.Name == container);

    public static bool IsStatic(this V1Pod pod) => pod.Metadata.Annotations is { } a && a.TryGetValue(PodLabels.ConfigSource, out var source) && source != "api";

    public static bool IsMirror(this V1Pod pod) => pod.Metadata.Annotations?.ContainsKey(PodLabels.ConfigMirror) == true;

    public static bool HostNetwork(this V1Pod pod) => pod.Spec.HostNetwork == true;

    public static bool IsTerminal(this V1Pod pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    public static string RestartPolicy(this V1Pod pod) => pod.Spec.RestartPolicy ?? "Always";

    /// <summary>Where an Event about a container points: <c>spec.containers{c}</c>.</summary>
    public static string FieldPath(this V1Pod pod, string container) =>
        pod.IsInit(container) ? $"spec.initContainers{{{container}}}" : $"spec.containers{{{container}}}";

    /// <summary>Changes when what the container is made from changes; only the image of a running Pod's container can.</summary>
    public static string HashOf(V1Container container)
    {
        Span<byte> digest = stackalloc byte[32];
        System.Security.Cryptography.SHA256.HashData(KubeJson.Serialize(new V1PodTemplateSpec { Spec = new V1PodSpec { Containers = [new V1Container { Name = container.Name, Image = container.Image }] } }), digest);
        return Convert.ToHexStringLower(digest[..4]);
    }

    public static string Seconds(this TimeSpan span) => ((long)span.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
