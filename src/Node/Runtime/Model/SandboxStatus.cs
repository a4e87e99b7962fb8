namespace Coxswain.Node.Runtime;

/// <summary>All that the runtime knows of one sandbox.</summary>
/// <param name="Ips">The Pod's addresses, the primary one first; empty on the node's network.</param>
public sealed record SandboxStatus(SandboxSummary Summary, IReadOnlyList<string> Ips, Namespaces Namespaces)
{
    public string Id => Summary.Id;
    public SandboxState State => Summary.State;
}
