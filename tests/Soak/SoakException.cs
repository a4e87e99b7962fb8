namespace Coxswain.Soak;

/// <summary>Something did not come about that the run cannot go on without, or within its time; the message is the finding.</summary>
internal sealed class SoakException(string message) : Exception(message);
