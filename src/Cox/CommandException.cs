namespace Coxswain;

/// <summary>A verb cannot do what it was asked; the message is the one line its user sees, and the process ends with code 1.</summary>
internal sealed class CommandException(string message) : Exception(message);
