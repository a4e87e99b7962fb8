using Coxswain.Node.Runtime;
using k8s.Models;

namespace Coxswain.Node.Pods.Config;

/// <summary>What a Pod's sandbox is made from.</summary>
internal static class SandboxConfigBuilder
{
    public static SandboxConfig Build(PodContext context, uint attempt, string cgroupParent)
    {
        var (pod, node) = (context.Pod, context.Node);
        var (hostname, _) = HostsFile.HostnameOf(pod, node.Options.ClusterDomain);
        return new SandboxConfig
        {
            Metadata = new SandboxMetadata(pod.Metadata.Name, pod.Metadata.NamespaceProperty, pod.Metadata.Uid, attempt),
            Hostname = pod.HostNetwork() ? "" : hostname,
            LogDirectory = node.Paths.LogDirectory(pod),
            Dns = DnsSettings.Fit(DnsSettings.Of(pod, node.Options.ClusterDns, node.Options.ClusterDomain, node.NodeDns), why => context.Event("Warning", "DNSConfigForming", why)),
            PortMappings = pod.HostNetwork() ? [] : [.. pod.AllContainers().SelectMany(c => c.Ports ?? []).Where(p => p.HostPort is > 0).Select(Mapping)],
            Labels = PodLabels.OfPod(pod, node.InstanceLabel),
            Annotations = pod.Metadata.Annotations is { } annotations ? new Dictionary<string, string>(annotations) : new(),
            CgroupParent = cgroupParent,
            Sysctls = (pod.Spec.SecurityContext?.Sysctls ?? []).ToDictionary(s => s.Name, s => s.Value),
            Namespaces = SecurityMapper.Namespaces(pod),
            Security = SecurityMapper.Sandbox(pod),
            Resources = ResourceMath.OfPod(pod),
        };
    }

    private static PortMapping Mapping(V1ContainerPort port) => new(
        port.Protocol switch { "UDP" => Protocol.Udp, "SCTP" => Protocol.Sctp, _ => Protocol.Tcp }, port.ContainerPort, port.HostPort!.Value, port.HostIP ?? "");
}
