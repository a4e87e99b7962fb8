using System.Collections.Concurrent;

namespace Coxswain.Api;

/// <summary>
/// Remembers when things happened whose times are written in objects. A time is read by the machine's clock once, when it is first seen; from then
/// on its age grows steadily, however the clock is set. Safe for many callers.
/// </summary>
public sealed class SteadyMoments<TKey>(TimeProvider time) where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, (DateTime? Written, TimeSpan Moment)> _known = [];

    /// <summary>When it happened, by <see cref="SteadyTime.Steady"/>.</summary>
    /// <param name="written">The time in the object, UTC; another one means that it happened again. Null: now, when it is seen first.</param>
    public TimeSpan Of(TKey what, DateTime? written)
    {
        if (_known.TryGetValue(what, out var known) && known.Written == written) return known.Moment;
        var moment = time.Steady() - (written is { } at ? time.Since(at) : TimeSpan.Zero);
        _known[what] = (written, moment);
        return moment;
    }

    /// <summary>How long ago it happened; never negative.</summary>
    /// <inheritdoc cref="Of"/>
    public TimeSpan Since(TKey what, DateTime? written) =>
        Of(what, written) is var moment && time.Steady() is var now && now > moment ? now - moment : TimeSpan.Zero;

    public void Forget(TKey what) => _known.TryRemove(what, out _);
}
