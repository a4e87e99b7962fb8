namespace Coxswain.Node.Runtime;

/// <summary>Which runtime answers.</summary>
/// <param name="Name"><c>containerd</c>; with the version it makes <c>nodeInfo.containerRuntimeVersion</c>, <c>containerd://1.6.20</c>.</param>
/// <param name="ApiVersion">Of the interface: <c>v1</c>.</param>
public sealed record RuntimeVersion(string Name, string Version, string ApiVersion);
