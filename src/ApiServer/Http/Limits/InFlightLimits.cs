using Coxswain.ApiServer.Auth;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// Limits the number of requests in flight, with one limit for reads and one for writes. As with upstream's <c>--max-requests-inflight</c>,
/// long-running requests do not count, and <c>system:masters</c> are served beyond the limit. Health checks do not count either.
/// </summary>
/// <param name="reading">0 for no limit.</param>
/// <param name="writing">0 for no limit.</param>
internal sealed class InFlightLimits(int reading, int writing)
{
    private readonly InFlightRoom _unbounded = new(0);
    private readonly InFlightRoom _reading = new(reading);
    private readonly InFlightRoom _writing = new(writing);

    /// <summary>Where the request counts until it calls <see cref="InFlightRoom.Leave"/>; null when the limit is reached.</summary>
    public InFlightRoom? Enter(RequestInfo info, UserInfo? user)
    {
        var room = RoomOf(info);
        if (room.TryEnter()) return room;
        return user is { IsMaster: true } && _unbounded.TryEnter() ? _unbounded : null;
    }

    private InFlightRoom RoomOf(RequestInfo info)
    {
        if (info.IsLongRunning || Health.IsCheck(info)) return _unbounded;
        return info.Verb is "get" or "list" or "watch" ? _reading : _writing;
    }
}
