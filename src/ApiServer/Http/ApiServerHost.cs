using System.Net;
using System.Text;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Nodes;
using Coxswain.ApiServer.Pipeline;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coxswain.ApiServer.Http;

/// <summary>The API server's listening end: Kestrel alone, without the web framework around it, in front of one request delegate.</summary>
public sealed class ApiServerHost : IAsyncDisposable
{
    /// <summary>Where the whole state can be had by whoever may everything, see <see cref="SnapshotHandler"/>.</summary>
    public const string SnapshotPath = SnapshotHandler.Path;

    private readonly ApiServerOptions _options;
    private readonly ServiceProvider _services;
    private readonly IServer _server;
    private readonly HttpApplication _application;
    private readonly CancellationTokenSource _stopping = new();
    private ListenOptions? _listen;
    private bool _stopped;

    /// <param name="tokens">The issuer that <paramref name="core"/> signs with.</param>
    /// <param name="nodes">The way to a node by its name, for logs and commands; null when there is none.</param>
    public ApiServerHost(ApiServerOptions options, ClusterPki pki, ApiServerCore core, ServiceAccountTokens tokens, Func<string, INodeConnector?> nodes, ILoggerFactory logging)
    {
        _options = options;
        _services = KestrelServices.Build(logging, kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8; // warnings quote what the caller wrote
            SetLimits(kestrel.Limits);
            kestrel.Listen(options.Listen, listen =>
            {
                _listen = listen;
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(new TlsSetup(pki).HandshakeOptions());
            });
        });
        _server = _services.GetRequiredService<IServer>();
        var handler = MakeHandler(options, core, tokens, nodes, logging);
        _application = new HttpApplication(handler.HandleAsync, options);
    }

    /// <summary>Starts to listen; returns the address with the port that was bound.</summary>
    /// <exception cref="IOException">The address is taken or not ours.</exception>
    public async Task<IPEndPoint> StartAsync(CancellationToken ct)
    {
        await _server.StartAsync(_application, ct);
        return _listen!.IPEndPoint!;
    }

    /// <summary>Ends watches and other streams at once, gives requests in hand a moment, then closes every connection.</summary>
    public async Task StopAsync()
    {
        if (_stopped) return;
        _stopped = true;
        await _stopping.CancelAsync();
        using var grace = new CancellationTokenSource(_options.StopGrace);
        await _server.StopAsync(grace.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _services.DisposeAsync();
        _stopping.Dispose();
    }

    private ApiHandler MakeHandler(ApiServerOptions options, ApiServerCore core, ServiceAccountTokens tokens, Func<string, INodeConnector?> nodes, ILoggerFactory logging)
    {
        var responses = new Responses(options);
        var streams = new NodeStreams(nodes, core.Time, _stopping.Token);
        return new ApiHandler(
            new RequestParser(core.Endpoints),
            new Callers(core.Authenticator ?? new Authenticator(core, tokens)),
            core.Authorizer,
            new ResourceHandler(core, options, responses, streams, _stopping.Token),
            new PathHandler(
                core, tokens, responses, new Health(core.Store, logging.CreateLogger<Health>(), _stopping.Token), new SnapshotHandler(core, options)),
            responses,
            options,
            logging.CreateLogger<ApiHandler>());
    }

    private static void SetLimits(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = null; // bodies are bounded where they are read, with a Status for an answer
        limits.MaxRequestLineSize = 64 * 1024; // selectors travel in the query
        limits.MaxRequestHeadersTotalSize = 128 * 1024;
        limits.MaxConcurrentConnections = ApiServerOptions.MaxConnections;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(32); // as upstream, and so is the next
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(90);
        // Kestrel would close the whole connection, with all its streams, for one slow body or reader. RequestDeadline ends single requests.
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.Http2.MaxStreamsPerConnection = 1000;
        limits.Http2.MaxRequestHeaderFieldSize = limits.MaxRequestHeadersTotalSize; // the query is one field; a longer one closes the connection
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
    }
}
