namespace Coxswain.Node.Runtime;

/// <summary>Whether a part of the runtime works.</summary>
/// <param name="Reason">One word when <paramref name="Ready"/> is false, such as <c>NetworkPluginNotReady</c>.</param>
public sealed record RuntimeCondition(bool Ready, string Reason = "", string Message = "");
