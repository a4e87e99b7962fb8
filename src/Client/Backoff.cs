namespace Coxswain.Client;

/// <summary>Waits that double from a first one to a longest, each up to half as long again at random so that many clients do not come back at once.</summary>
public sealed class Backoff
{
    private readonly TimeSpan _min;
    private readonly TimeSpan _max;
    private readonly Random _random;
    private TimeSpan _next;

    public Backoff(TimeSpan min, TimeSpan max, Random? random = null) => (_min, _max, _random, _next) = (min, max, random ?? Random.Shared, min);

    public TimeSpan Next()
    {
        var wait = _next * (1 + _random.NextDouble() / 2);
        _next = _next * 2 < _max ? _next * 2 : _max;
        return wait;
    }

    public void Reset() => _next = _min;
}
