namespace Coxswain.Store;

/// <summary>The keys under a prefix, in order, as they were at one revision.</summary>
/// <param name="Revision">The revision at which the values are true.</param>
/// <param name="Remaining">How many more keys follow the last one returned.</param>
public sealed record RangeResult(IReadOnlyList<StoredValue> Values, long Revision, int Remaining);
