namespace Coxswain.Store;

/// <summary>Whether a store can write.</summary>
/// <param name="Reason">Why it cannot, in plain words, as in <c>the disk is full</c>; null when it can.</param>
public readonly record struct StoreHealth(string? Reason)
{
    /// <summary>A write would be made durable.</summary>
    public bool Writable => Reason is null;

    public static StoreHealth Well => default;
}
