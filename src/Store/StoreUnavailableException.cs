namespace Coxswain.Store;

/// <summary>The store could not make a write durable (disk full, file gone ...). The write did not happen.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
