namespace Coxswain.Node.Runtime;

/// <summary>Who shares a kernel namespace: the Pod's containers, nobody, the node, or one other container.</summary>
public enum NamespaceMode { Pod, Container, Node, Target }

/// <summary>Whom each kernel namespace is shared with.</summary>
/// <param name="TargetId">With <see cref="NamespaceMode.Target"/>: the container whose pid namespace to join.</param>
public sealed record Namespaces(NamespaceMode Network = NamespaceMode.Pod, NamespaceMode Pid = NamespaceMode.Container, NamespaceMode Ipc = NamespaceMode.Pod, string TargetId = "");
