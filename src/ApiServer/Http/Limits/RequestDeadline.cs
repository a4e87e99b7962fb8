using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// Ends a request that takes too long, by cancelling <see cref="HttpContext.RequestAborted"/>. There is one for each connection (HTTP/1.1) or
/// stream (HTTP/2); its requests use it one after the other, so no request allocates a timer. It uses the machine's clock and not the
/// cluster's: the client on the other end is real.
/// </summary>
internal sealed class RequestDeadline(ApiServerOptions options)
{
    private static readonly MinDataRate SlowestReader = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(30));

    private CancellationTokenSource? _source;
    private CancellationTokenRegistration _caller;
    private TimeSpan _allotted;
    private long _started;
    private long _bodyStarted; // 0 while no body is waited for
    private bool _bodyIsNext;
    private volatile bool _callerGone;

    /// <summary>The deadline has passed, and the caller is still connected.</summary>
    public bool HasExpired => _source is { IsCancellationRequested: true } && !_callerGone;

    /// <summary>It was the body's minimum rate that ended the request, not its deadline.</summary>
    public bool BodyWasSlow => _bodyIsNext;

    /// <summary>The deadline of the request; null for a context that no server made.</summary>
    public static RequestDeadline? Of(HttpContext http) =>
        (http.Features as IHostContextContainer<HttpApplication.Context>)?.HostContext?.Deadline;

    /// <summary>From here on the request's <see cref="HttpContext.RequestAborted"/> also ends after <paramref name="allotted"/>.</summary>
    public void Start(HttpContext http, TimeSpan allotted)
    {
        (_allotted, _started, _bodyStarted, _bodyIsNext, _callerGone) = (allotted, Stopwatch.GetTimestamp(), 0, false, false);
        _source ??= new CancellationTokenSource();
        _source.CancelAfter(allotted);
        _caller = http.RequestAborted.UnsafeRegister(static state => ((RequestDeadline)state!).OnCallerGone(), this);
        http.RequestAborted = _source.Token;
        // Not over HTTP/2, where Kestrel would close the whole connection with all its streams.
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } reader) reader.MinDataRate = SlowestReader;
    }

    /// <summary>The body is incomplete: the rest must arrive at the minimum rate, averaged since the first wait.</summary>
    /// <param name="received">Bytes so far.</param>
    public void AwaitBody(long received)
    {
        if (_source is null) return;
        if (_bodyStarted == 0) _bodyStarted = Stopwatch.GetTimestamp();
        var allowed = options.BodyGrace + TimeSpan.FromSeconds((double)received / ApiServerOptions.LeastBodyBytesPerSecond);
        var (rest, whole) = (allowed - Stopwatch.GetElapsedTime(_bodyStarted), Left);
        _bodyIsNext = rest < whole;
        Arm(_bodyIsNext ? rest : whole);
    }

    /// <summary>The body is complete: only the deadline counts from here on.</summary>
    public void BodyIsThere()
    {
        if (_bodyStarted == 0) return;
        (_bodyStarted, _bodyIsNext) = (0, false);
        Arm(Left);
    }

    /// <summary>The request is over.</summary>
    public void End()
    {
        if (_source is null) return;
        _caller.Dispose(); // waits for a running callback, which must not cancel the next request
        if (_source.TryReset()) return;
        _source.Dispose();
        _source = null;
    }

    private TimeSpan Left => _allotted - Stopwatch.GetElapsedTime(_started);

    private void Arm(TimeSpan wait) => _source!.CancelAfter(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);

    private void OnCallerGone()
    {
        _callerGone = true;
        _source?.Cancel();
    }
}
