namespace Coxswain.Node.Pods;

/// <summary>A Pod that should end has not ended yet; its Event was written.</summary>
internal sealed class KillException(string message) : Exception(message);
