using System.Buffers.Binary;
using Coxswain.Node.Cri;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Coxswain.Node.Tests.Runtime;

/// <summary>A CRI runtime of a few canned answers, by the name of the call; what has none is not implemented.</summary>
internal sealed class CriServer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cox-cri-").FullName;
    private readonly WebApplication _server;

    private CriServer(Func<string, IAsyncEnumerable<IMessage>?> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.ListenUnixSocket(Path.Combine(_directory, "cri.sock"), l => l.Protocols = HttpProtocols.Http2));
        _server = builder.Build();
        _server.Run(context => AnswerAsync(context, answer(Path.GetFileName(context.Request.Path))));
        Runtime = new CriRuntime(Path.Combine(_directory, "cri.sock"), Path.Combine(_directory, "exec"), TimeProvider.System, NullLogger<CriRuntime>.Instance);
    }

    public CriRuntime Runtime { get; }

    public static Task<CriServer> StartAsync(Func<string, IMessage?> answer) => StreamAsync(call => answer(call) is { } message ? One(message) : null);

    /// <param name="answer">A stream of messages.</param>
    public static async Task<CriServer> StreamAsync(Func<string, IAsyncEnumerable<IMessage>?> answer)
    {
        var server = new CriServer(answer);
        await server._server.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await Runtime.DisposeAsync();
        await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

#pragma warning disable CS1998 // one that is there has nothing to wait for
    private static async IAsyncEnumerable<IMessage> One(IMessage message)
#pragma warning restore CS1998
    {
        yield return message;
    }

    private static async Task AnswerAsync(HttpContext context, IAsyncEnumerable<IMessage>? messages)
    {
        context.Response.ContentType = "application/grpc";
        if (messages is null)
        {
            context.Response.Headers["grpc-status"] = "12"; // not implemented
            return;
        }
        await foreach (var message in messages.WithCancellation(context.RequestAborted))
        {
            var frame = new byte[5 + message.CalculateSize()];
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - 5);
            message.WriteTo(frame.AsSpan(5));
            await context.Response.Body.WriteAsync(frame, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
