namespace Coxswain.Node.Runtime;

/// <summary>What a finished command left behind.</summary>
public sealed record ExecResult(int ExitCode, ReadOnlyMemory<byte> Stdout, ReadOnlyMemory<byte> Stderr);
