using Coxswain.ApiServer.Auth;
using Microsoft.AspNetCore.Connections;

namespace Coxswain.ApiServer.Http;

/// <summary>What a connection's client certificate says; absent when none was shown. Found among the connection's features by each of its requests.</summary>
internal sealed class ConnectionCaller
{
    /// <summary>Timers do not count the time that a machine sleeps, and nobody tells them of a clock that was set: the clock is looked at this often.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly UserInfo? _user;
    private readonly DateTimeOffset _end;
    private readonly TimeProvider _time;

    /// <param name="user">Null when the certificate is not one of ours, or is out of date.</param>
    /// <param name="end">When it ceases to be valid, by <paramref name="time"/>.</param>
    public ConnectionCaller(UserInfo? user, DateTimeOffset end, TimeProvider time) => (_user, _end, _time) = (user, end, time);

    /// <summary>Null when the certificate is not one of ours, or is no longer valid.</summary>
    public UserInfo? User => _user is not null && _time.GetUtcNow() < _end ? _user : null;

    /// <summary>Whether the certificate was good when the connection was opened and is not now.</summary>
    public bool HasExpired => _user is not null && _time.GetUtcNow() >= _end;

    /// <summary>Breaks the connection off when the certificate ends: a watch or a command must not run on under a name that its caller has no more.</summary>
    public void Bound(BaseConnectionContext connection)
    {
        if (_user is null) return;
        var timer = new Timer(this, connection);
        connection.ConnectionClosed.UnsafeRegister(static timer => ((Timer)timer!).Dispose(), timer);
    }

    private sealed class Timer : IDisposable
    {
        private readonly ConnectionCaller _caller;
        private readonly BaseConnectionContext _connection;
        private readonly ITimer _timer;

        public Timer(ConnectionCaller caller, BaseConnectionContext connection)
        {
            (_caller, _connection) = (caller, connection);
            _timer = caller._time.CreateTimer(static timer => ((Timer)timer!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Look();
        }

        public void Dispose() => _timer.Dispose();

        private void Look()
        {
            var left = _caller._end - _caller._time.GetUtcNow();
            if (left <= TimeSpan.Zero) _connection.Abort(new ConnectionAbortedException("The client certificate has expired."));
            else _timer.Change(left < LongestWait ? left : LongestWait, Timeout.InfiniteTimeSpan);
        }
    }
}
