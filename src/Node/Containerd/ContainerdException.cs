namespace Coxswain.Node.Containerd;

/// <summary>containerd cannot be started; the message is one line for the user.</summary>
public sealed class ContainerdException(string message, Exception? inner = null) : Exception(message, inner);
