namespace Coxswain.Node.Runtime;

/// <param name="Name"><c>containerd</c>; with the version it makes <c>nodeInfo.containerRuntimeVersion</c>, <c>containerd://1.6.20</c>.</param>
/// <param name="ApiVersion">Of the interface: <c>v1</c>.</param>
public sealed record RuntimeVersion(string Name, string Version, string ApiVersion);

/// <summary>What the node's Ready condition follows.</summary>
public sealed record RuntimeStatus(RuntimeCondition RuntimeReady, RuntimeCondition NetworkReady);

/// <param name="Reason">One word when <paramref name="Ready"/> is false, such as <c>NetworkPluginNotReady</c>.</param>
public sealed record RuntimeCondition(bool Ready, string Reason = "", string Message = "");
