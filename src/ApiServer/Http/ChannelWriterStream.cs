using System.Buffers;
using System.Net.WebSockets;

namespace Coxswain.ApiServer.Http;

/// <summary>One output channel of a WebSocket as a stream. A socket takes one message at a time: <paramref name="sending"/> is shared by its channels.</summary>
internal sealed class ChannelWriterStream(WebSocket socket, SemaphoreSlim sending, ExecChannel channel) : Stream
{
    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var message = ArrayPool<byte>.Shared.Rent(buffer.Length + 1);
        try
        {
            message[0] = (byte)channel;
            buffer.CopyTo(message.AsMemory(1));
            await sending.WaitAsync(cancellationToken);
            try
            {
                await socket.SendAsync(message.AsMemory(0, buffer.Length + 1), WebSocketMessageType.Binary, WebSocketMessageFlags.EndOfMessage, cancellationToken);
            }
            finally
            {
                sending.Release();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("asynchronous only");
    public override void Flush() { }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
