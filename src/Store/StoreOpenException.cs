namespace Coxswain.Store;

/// <summary>A store's file cannot be used. Nothing in it was changed.</summary>
/// <param name="reason">What is wrong, as the end of a sentence that begins with the path.</param>
/// <param name="advice">What a person can do about it.</param>
public sealed class StoreOpenException(string path, string reason, string advice, Exception? inner = null)
    : Exception($"{path} {reason}. {advice}", inner)
{
    public string Path { get; } = path;
    public string Reason { get; } = reason;
    public string Advice { get; } = advice;

    /// <summary>Something that was written is not there any more; what is left can be had with <see cref="SqliteStoreOptions.AcceptDataLoss"/>.</summary>
    public bool IsDamage { get; init; }
}
