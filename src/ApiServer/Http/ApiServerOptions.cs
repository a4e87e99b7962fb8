using System.Net;

namespace Coxswain.ApiServer.Http;

/// <summary>Where and how the server listens.</summary>
public sealed record ApiServerOptions
{
    /// <summary>Port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 6443);

    /// <summary>Requests that come before this is done wait for it: what every cluster has is to be there for the first of them.</summary>
    public Task OpenWhen { get; init; } = Task.CompletedTask;

    /// <summary>A request's body may be so long; longer ones get 413.</summary>
    public int MaxBodyBytes { get; init; } = 3 * 1024 * 1024;

    /// <summary>A request that is not answered after so long ends with 504; watches, logs and commands apart.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>So many reading requests are worked on at once; beyond, callers get 429. 0 for any number.</summary>
    public int MaxRequestsInFlight { get; init; } = 400;

    /// <summary>So many writing requests are worked on at once; beyond, callers get 429. 0 for any number.</summary>
    public int MaxMutatingRequestsInFlight { get; init; } = 200;

    /// <summary>How long a body may pause before <see cref="LeastBodyBytesPerSecond"/> counts.</summary>
    public TimeSpan BodyGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A body that comes more slowly ends its request with 408.</summary>
    public const int LeastBodyBytesPerSecond = 240;

    /// <summary>Further connections are closed at once: each takes memory before anybody has shown who they are.</summary>
    public const int MaxConnections = 4096;

    /// <summary>Also compress large answers to callers on this machine; off because the copy is cheaper than the compression.</summary>
    public bool CompressOnLoopback { get; init; }

    /// <summary>A response stream whose reader takes nothing for so long is dropped.</summary>
    public TimeSpan StalledReaderTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long requests in hand may run on after the stop; streams end at once.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromMilliseconds(700);
}
