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

    /// <summary>Also compress large answers to callers on this machine; off because the copy is cheaper than the compression.</summary>
    public bool CompressOnLoopback { get; init; }

    /// <summary>A response stream whose reader takes nothing for so long is dropped.</summary>
    public TimeSpan StalledReaderTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long requests in hand may run on after the stop; streams end at once.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromMilliseconds(700);
}
