namespace Coxswain.Node.Pods.Config;

/// <summary>A container cannot be made from its spec as things stand. The message is what <c>CreateContainerConfigError</c> shows.</summary>
internal sealed class ConfigException(string message) : Exception(message);
