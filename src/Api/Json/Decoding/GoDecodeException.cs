namespace Coxswain.Api;

/// <summary>A body that does not fit its type; the message is upstream's bare text, without the words about kind and version in front.</summary>
public sealed class GoDecodeException(string message) : Exception(message);
