namespace Coxswain.Node.Runtime;

/// <summary>What the node's Ready condition follows.</summary>
public sealed record RuntimeStatus(RuntimeCondition RuntimeReady, RuntimeCondition NetworkReady);
