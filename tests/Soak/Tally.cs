namespace Coxswain.Soak;

/// <summary>Counts of all that was sent. Safe for all threads.</summary>
internal sealed class Tally
{
    private long _requests, _acknowledged, _refused, _serverErrors, _dropped, _watchEvents, _watchListings, _hostile, _reads;

    public long Requests => _requests;
    /// <summary>Writes that were answered with 2xx.</summary>
    public long Acknowledged => _acknowledged;
    /// <summary>Answers of 4xx to the load.</summary>
    public long Refused => _refused;
    public long ServerErrors => _serverErrors;
    /// <summary>Requests without an answer.</summary>
    public long Dropped => _dropped;
    public long WatchEvents => _watchEvents;
    /// <summary>Lists that watches began anew with.</summary>
    public long WatchListings => _watchListings;
    public long Hostile => _hostile;
    /// <summary>Of the client that looks whether it is answered in time.</summary>
    public long Reads => _reads;

    public void Answered(int status)
    {
        Interlocked.Increment(ref _requests);
        if (status >= 500) Interlocked.Increment(ref _serverErrors);
        else if (status >= 400) Interlocked.Increment(ref _refused);
    }

    public void Lost()
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Increment(ref _dropped);
    }

    public void Acknowledge() => Interlocked.Increment(ref _acknowledged);
    public void WatchEvent() => Interlocked.Increment(ref _watchEvents);
    public void WatchListing() => Interlocked.Increment(ref _watchListings);
    public void SentHostile(int count = 1) => Interlocked.Add(ref _hostile, count);
    public void Read() => Interlocked.Increment(ref _reads);
}
