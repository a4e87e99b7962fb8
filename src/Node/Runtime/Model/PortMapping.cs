namespace Coxswain.Node.Runtime;

/// <summary>Of a port.</summary>
public enum Protocol { Tcp, Udp, Sctp }

/// <summary>A port of the node that leads to one of the sandbox.</summary>
/// <param name="HostIp">Empty for every address of the node.</param>
public sealed record PortMapping(Protocol Protocol, int ContainerPort, int HostPort, string HostIp = "");
