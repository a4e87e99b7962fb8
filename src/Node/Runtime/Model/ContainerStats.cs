namespace Coxswain.Node.Runtime;

/// <summary>What a container uses. Null: not known at the moment.</summary>
/// <param name="CpuNanoseconds">Processor time used in all.</param>
/// <param name="WorkingSetBytes">Memory that cannot be given back under pressure.</param>
/// <param name="WritableLayerBytes">On disk, beyond the image.</param>
public sealed record ContainerStats(string ContainerId, string Name, IReadOnlyDictionary<string, string> Labels, DateTimeOffset At, long? CpuNanoseconds, long? WorkingSetBytes, long? WritableLayerBytes);
