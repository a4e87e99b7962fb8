using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Tests.Probes;

/// <summary>What probes look at, on loopback: a web server, a gRPC health service and a port that is open or not, all well or all sick.</summary>
internal sealed class ProbedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private TcpListener? _tcp;
    private bool _well;

    private ProbedServer(WebApplication app, int http, int grpc)
    {
        (_app, HttpPort, GrpcPort) = (app, http, grpc);
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        TcpPort = ((IPEndPoint)free.LocalEndpoint).Port;
    }

    public int HttpPort { get; }
    public int GrpcPort { get; }
    public int TcpPort { get; }
    /// <summary>The services that the gRPC probe asked for.</summary>
    public List<string> Asked { get; } = [];

    public static async Task<ProbedServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1);
            k.Listen(IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        ProbedServer? server = null;
        app.Run(context => server!.AnswerAsync(context));
        await app.StartAsync(TestContext.Current.CancellationToken);
        var ports = app.Urls.Select(u => new Uri(u).Port).ToList();
        return server = new ProbedServer(app, ports[0], ports[1]);
    }

    public void Set(bool well)
    {
        Volatile.Write(ref _well, well);
        _tcp?.Dispose();
        _tcp = null;
        if (!well) return;
        _tcp = new TcpListener(IPAddress.Loopback, TcpPort);
        _tcp.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _tcp?.Dispose();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var well = Volatile.Read(ref _well);
        if (context.Request.Path != "/grpc.health.v1.Health/Check")
        {
            context.Response.StatusCode = well ? 200 : 503;
            return;
        }
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        lock (Asked) Asked.Add(body.Length > 7 ? System.Text.Encoding.UTF8.GetString(body.ToArray(), 7, (int)body.Length - 7) : "");
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync((byte[])[0, 0, 0, 0, 2, 0x08, (byte)(well ? 1 : 2)], context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
