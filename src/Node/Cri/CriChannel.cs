using System.Net.Sockets;
using Coxswain.Node.Runtime;
using Grpc.Core;
using Grpc.Net.Client;

namespace Coxswain.Node.Cri;

/// <summary>gRPC over a Unix socket, with errors as <see cref="RuntimeException"/>.</summary>
internal sealed class CriChannel : IDisposable
{
    /// <summary>containerd keeps CRI's objects in this namespace.</summary>
    public static Metadata Namespace { get; } = new() { { "containerd-namespace", "k8s.io" } };

    private const int MaxMessage = 32 << 20; // an exec may return 16 MiB twice
    private readonly GrpcChannel _channel;
    private readonly AnswerNote _answers;
    private readonly TimeProvider _time;

    public CriChannel(string socketPath, TimeProvider time)
    {
        _time = time;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, ct) => ConnectAsync(socketPath, ct),
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            UseProxy = false,
        };
        _answers = new AnswerNote(handler, time);
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = _answers, DisposeHttpClient = true, MaxReceiveMessageSize = MaxMessage, MaxSendMessageSize = MaxMessage,
        });
    }

    public DateTimeOffset Now => _time.GetUtcNow();

    public TimeSpan SinceLastAnswer => _answers.Since;

    public CallInvoker Invoker => _channel.CreateCallInvoker();

    public CallOptions Options(CancellationToken ct, TimeSpan? timeout = null, Metadata? headers = null) =>
        new(headers, timeout is { } t ? (_time.GetUtcNow() + t).UtcDateTime : null, ct);

    /// <summary>Awaits a call; a failure keeps the runtime's text.</summary>
    public static async Task<T> Call<T>(AsyncUnaryCall<T> call, CancellationToken ct)
    {
        using (call)
        {
            try { return await call; }
            catch (RpcException e)
            {
                ct.ThrowIfCancellationRequested();
                throw Translate(e);
            }
        }
    }

    public static RuntimeException Translate(RpcException e)
    {
        var refused = e.StatusCode == StatusCode.Unavailable ? Innermost(e) as SocketException : null;
        var text = refused is null ? e.Status.Detail : $"connection error: desc = \"transport: Error while dialing: {refused.Message}\"";
        if (e.StatusCode == StatusCode.DeadlineExceeded && text.Length == 0) text = "context deadline exceeded";
        return new RuntimeException((RuntimeErrorCode)(int)e.StatusCode, text, e);
    }

    public void Dispose() => _channel.Dispose();

    private static Exception Innermost(RpcException e)
    {
        var inner = e.Status.DebugException ?? e;
        while (inner.InnerException is { } next) inner = next;
        return inner;
    }

    private static async ValueTask<Stream> ConnectAsync(string socketPath, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
