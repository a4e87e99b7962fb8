using System.Net;
using System.Net.Sockets;

namespace Coxswain.Node.Probes;

/// <summary>The connections of one HTTP probe: made anew for each request, certificates taken as they are, and remembered for what an error says of them.</summary>
internal sealed class ProbeConnection
{
    private static readonly HttpRequestOptionsKey<ProbeConnection> Key = new("probe");

#pragma warning disable CA5359 // Probes ask whether a server answers, not who it is: Pods' certificates are as a rule their own.
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectCallback = ConnectAsync,
        SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
    });
#pragma warning restore CA5359

    /// <summary>Our end of the last connection made; null when there was none.</summary>
    public IPEndPoint? Local { get; private set; }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        Local = null;
        request.Options.Set(Key, this);
        return Http.SendAsync(request, ct);
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, ct);
            if (context.InitialRequestMessage.Options.TryGetValue(Key, out var connection)) connection.Local = (IPEndPoint?)socket.LocalEndPoint;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
