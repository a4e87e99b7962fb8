namespace Coxswain.ApiServer.Nodes;

/// <summary>What to run, and which of its streams are wanted.</summary>
internal sealed record ExecQuery(IReadOnlyList<string> Command, bool Stdin, bool Stdout, bool Stderr, bool Tty);
