using Coxswain.ApiServer.Auth;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// Bounds how many requests are worked on at once, reading and writing ones apart, so that a flood of one kind leaves the server answering the other. As upstream's
/// <c>--max-requests-inflight</c>: long-running requests do not count, and administrators (<c>system:masters</c>) are served beyond the bound. Neither do health checks count.
/// </summary>
/// <param name="reading">0 for no bound.</param>
/// <param name="writing">0 for no bound.</param>
internal sealed class InFlightLimits(int reading, int writing)
{
    private readonly InFlightRoom _unbounded = new(0);
    private readonly InFlightRoom _reading = new(reading);
    private readonly InFlightRoom _writing = new(writing);

    /// <summary>The room that the request has entered and must leave; null when there is none for it.</summary>
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
