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
}
