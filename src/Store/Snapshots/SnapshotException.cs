namespace Coxswain.Store;

/// <summary>A snapshot cannot be used: it is none, damaged or incomplete.</summary>
/// <param name="reason">What is wrong, as the end of a sentence that begins with the file's name.</param>
public sealed class SnapshotException(string reason, Exception? inner = null) : Exception(reason, inner);
