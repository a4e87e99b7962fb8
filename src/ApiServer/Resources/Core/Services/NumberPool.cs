namespace Coxswain.ApiServer.Resources.Core.Services;

/// <summary>Numbers of a range, each held by at most one owner. Safe from any thread.</summary>
/// <param name="kept">How many of the first ones are given out by themselves only when the others are gone: people choose fixed ones there.</param>
internal sealed class NumberPool(int first, int last, int kept, Random random)
{
    private readonly Lock _lock = new();
    private readonly HashSet<int> _taken = [];

    public bool Contains(int number) => number >= first && number <= last;

    /// <returns>False when someone else holds it.</returns>
    public bool TryTake(int number)
    {
        lock (_lock) return _taken.Add(number);
    }

    /// <returns>Null when all are taken.</returns>
    public int? TakeAny()
    {
        lock (_lock)
        {
            if (_taken.Count > last - first) return null;
            var floor = Math.Min(first + kept, last);
            return From(floor, last) ?? From(first, floor);
        }
    }

    public void Release(int number)
    {
        lock (_lock) _taken.Remove(number);
    }

    /// <summary>From a random place on, and round again: neighbours in time are not neighbours in the range, and a freed number is not given out again at once.</summary>
    private int? From(int low, int high)
    {
        var (count, start) = (high - low + 1, random.Next(low, high + 1));
        for (var i = 0; i < count; i++)
        {
            var number = low + ((start - low + i) % count);
            if (_taken.Add(number)) return number;
        }
        return null;
    }
}
