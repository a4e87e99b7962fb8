namespace Coxswain.Node.Runtime;

/// <summary>The lines of a sandbox's resolv.conf.</summary>
public sealed record DnsConfig(IReadOnlyList<string> Servers, IReadOnlyList<string> Searches, IReadOnlyList<string> Options);
