namespace Coxswain.Node.Runtime;

/// <summary>In characters.</summary>
public readonly record struct TerminalSize(ushort Width, ushort Height);
