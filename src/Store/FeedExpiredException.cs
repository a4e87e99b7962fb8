namespace Coxswain.Store;

/// <summary>The revision asked for is older than what the store still holds.</summary>
public sealed class FeedExpiredException(long requested, long oldest) : Exception($"revision {requested} is older than the oldest one held, {oldest}")
{
    public long Requested { get; } = requested;
    public long Oldest { get; } = oldest;
}
