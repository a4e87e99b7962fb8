using Coxswain.ApiServer.Auth;
using Microsoft.AspNetCore.Connections;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// What a connection's client certificate says; absent when none was shown. Found among the connection's features by each of its requests.
/// </summary>
internal sealed class ConnectionCaller
{
    /// <summary>
    /// A timer does not count time in which the machine sleeps, and does not notice when the clock is set. So the clock is read this often.
    /// </summary>
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

    /// <summary>
    /// Aborts the connection when the certificate expires: a watch or a command must not run on without a valid identity.
    /// </summary>
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
            var never = Timeout.InfiniteTimeSpan;
            _timer = caller._time.CreateTimer(static timer => ((Timer)timer!).Look(), this, never, never);
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
