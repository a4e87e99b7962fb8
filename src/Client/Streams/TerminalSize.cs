namespace Coxswain.Client;

/// <summary>A terminal's, in characters.</summary>
public readonly record struct TerminalSize(ushort Width, ushort Height);
