namespace Coxswain.Soak.Clusters;

/// <summary>The process that keeps one Pod's containers.</summary>
/// <param name="Pause">The process that keeps the sandbox; 0 when there is none.</param>
/// <param name="Containers">Main processes, by container id.</param>
internal sealed record Shim(int Pid, string SandboxId, int Pause, IReadOnlyDictionary<string, int> Containers);
