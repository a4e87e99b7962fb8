namespace Coxswain.Cli;

/// <summary>The command line makes no sense; the message names the flag or word, and the process ends with code 2.</summary>
public sealed class UsageException(string message) : Exception(message);
