namespace Coxswain.Store;

/// <summary>A file that a snapshot holds beside the values.</summary>
/// <param name="Name">Relative, with <c>/</c> between its parts.</param>
public sealed record SnapshotFile(string Name, UnixFileMode Mode, ReadOnlyMemory<byte> Content);
