namespace Coxswain.Store;

/// <summary>What became of a proposal.</summary>
/// <param name="Succeeded">False when the key was not in the expected state: nothing was written.</param>
/// <param name="Revision">The revision given to the write, or the store's newest when it failed.</param>
/// <param name="Value">What was written (for a delete: the event's value); when it failed, what the key holds now, or null when it does not exist.</param>
public readonly record struct WriteResult(bool Succeeded, long Revision, StoredValue? Value);
