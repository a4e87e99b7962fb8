namespace Coxswain.Node.Runtime;

/// <summary>What identifies a sandbox: the Pod, and the how-many-eth sandbox of that Pod this is. The four together are unique in the runtime.</summary>
public readonly record struct SandboxMetadata(string Name, string Namespace, string Uid, uint Attempt);
