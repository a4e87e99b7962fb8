using System.Net;

namespace Coxswain.ApiServer.Tests.Http.Limits;

/// <summary>A request body of which only the head is sent until it is let go.</summary>
internal sealed class HeldBody(byte[] head, byte[] rest) : HttpContent
{
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The head is on its way.</summary>
    public Task HeadSent => _sent.Task;

    public void LetGo() => _go.TrySetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(head, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        _sent.TrySetResult();
        await _go.Task.WaitAsync(cancellationToken);
        await stream.WriteAsync(rest, cancellationToken);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = head.Length + rest.Length;
        return true;
    }
}
