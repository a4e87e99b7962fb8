using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Coxswain.ApiServer.Auth;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Coxswain.Bench.Floor;

/// <summary>
/// What an HTTPS server costs that does nothing: Kestrel with the TLS of the API server, a client certificate and all. Bodies are read and dropped.
/// <c>/N</c> answers any method with N bytes; <c>GET /feed</c> stays open and gets a line for every body that is sent to <c>POST /feed</c>.
/// </summary>
internal static class FloorServer
{
    public const string ConfigFile = "kubeconfig", Listening = "floor listens";
    private const int ChunkBytes = 64 * 1024, WaitingLines = 1000;

    private static readonly Lock FeedsLock = new();
    private static Channel<byte[]>[] _feeds = []; // replaced whole under FeedsLock

    /// <summary>Serves until its standard input ends, as it does with the process that started it.</summary>
    /// <param name="directory">Of its certificates and <see cref="ConfigFile"/>.</param>
    public static async Task<int> RunAsync(string directory)
    {
        using var pki = ClusterPki.LoadOrCreate(new PkiOptions { Directory = Path.Combine(directory, "pki"), NodeName = "floor" }, TimeProvider.System);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(HandshakeOptions(pki)));
        });
        await using var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        pki.WriteKubeConfig(Path.Combine(directory, ConfigFile), new Uri(address));
        Console.WriteLine(Listening);
        await Console.In.ReadToEndAsync();
        return 0; // open feeds end with the process
    }

    private static TlsHandshakeCallbackOptions HandshakeOptions(ClusterPki pki)
    {
        var trust = SslCertificateTrust.CreateForX509Collection([pki.Authority], sendTrustInHandshake: true);
        var context = SslStreamCertificateContext.Create(pki.ServingCertificate, [pki.Authority], offline: true, trust);
        return new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = context,
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ClientCertificateRequired = true,
                CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            }),
        };
    }

    private static async Task AnswerAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        if (http.Request.Path == "/feed" && HttpMethods.IsGet(http.Request.Method))
        {
            await FeedAsync(http);
            return;
        }
        var body = await ReadAsync(http.Request);
        var length = body.Length;
        if (http.Request.Path == "/feed") await PublishAsync(body, http.RequestAborted);
        else length = int.Parse(http.Request.Path.Value.AsSpan(1), null);
        await WriteAsync(http, length);
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength is not > 0) return [];
        var body = new byte[(int)request.ContentLength];
        await request.Body.ReadExactlyAsync(body, request.HttpContext.RequestAborted);
        return body;
    }

    private static async Task WriteAsync(HttpContext http, int length)
    {
        http.Response.ContentLength = length;
        var output = http.Response.BodyWriter;
        for (var sent = 0; sent < length;)
        {
            var size = Math.Min(ChunkBytes, length - sent);
            output.GetSpan(size)[..size].Fill((byte)' ');
            output.Advance(size);
            sent += size;
            // Also the last: over HTTP/1.1 and with a Content-Length, Kestrel does not send by itself what follows a flush.
            if (length > ChunkBytes) await output.FlushAsync(http.RequestAborted);
        }
    }

    private static async Task FeedAsync(HttpContext http)
    {
        var feed = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(WaitingLines) { SingleReader = true });
        lock (FeedsLock) _feeds = [.. _feeds, feed];
        try
        {
            var output = http.Response.BodyWriter;
            await output.FlushAsync(http.RequestAborted);
            while (await feed.Reader.WaitToReadAsync(http.RequestAborted))
            {
                while (feed.Reader.TryRead(out var line))
                {
                    line.CopyTo(output.GetSpan(line.Length));
                    output.Advance(line.Length);
                    if (output.UnflushedBytes >= ChunkBytes) await output.FlushAsync(http.RequestAborted);
                }
                await output.FlushAsync(http.RequestAborted);
            }
        }
        catch (OperationCanceledException) { } // the watcher has gone
        finally
        {
            lock (FeedsLock) _feeds = [.. _feeds.Where(f => f != feed)];
        }
    }

    private static async Task PublishAsync(byte[] body, CancellationToken ct)
    {
        byte[] line = [.. "{\"type\":\"ADDED\",\"object\":"u8, .. body, .. "}\n"u8];
        foreach (var feed in _feeds) await feed.Writer.WriteAsync(line, ct);
    }
}
