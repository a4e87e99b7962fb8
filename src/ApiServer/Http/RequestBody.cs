using System.Buffers;
using System.IO.Pipelines;
using Coxswain.Api;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary>A request's whole body in memory, borrowed until disposed.</summary>
internal readonly struct RequestBody : IDisposable
{
    private readonly byte[]? _rented;

    private RequestBody(byte[] rented, int length) => (_rented, Json) = (rented, rented.AsMemory(0, length));

    public ReadOnlyMemory<byte> Json { get; }

    /// <exception cref="StatusException">413 when the body is longer than <paramref name="limit"/>.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, int limit, CancellationToken ct)
    {
        if (request.ContentLength > limit) throw TooLarge(limit);
        var reader = request.BodyReader;
        var deadline = RequestDeadline.Of(request.HttpContext);
        for (var received = 0L; ;)
        {
            var read = reader.ReadAsync(CancellationToken.None);
            ReadResult result;
            try { result = read.IsCompleted ? await read : await WaitAsync(reader, read, received, deadline, ct); }
            catch (IOException e) when (e is not (ConnectionResetException or BadHttpRequestException))
            {
                // Kestrel has an exception of its own for broken HTTP, but throws this one for a chunk size that overflows.
                throw ApiErrors.BadBody(StatusCodes.Status400BadRequest, "the request's body does not follow the rules of HTTP");
            }
            var buffer = result.Buffer;
            if (buffer.Length > limit)
            {
                reader.AdvanceTo(buffer.End);
                throw TooLarge(limit);
            }
            if (result.IsCompleted)
            {
                deadline?.BodyIsThere();
                return Take(reader, buffer);
            }
            received = buffer.Length;
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <remarks>The token is not passed to the read: cancelled that way, Kestrel's reader stays in use, and draining the body fails.</remarks>
    private static async ValueTask<ReadResult> WaitAsync(
        PipeReader reader, ValueTask<ReadResult> read, long received, RequestDeadline? deadline, CancellationToken ct)
    {
        deadline?.AwaitBody(received);
        using var registration = ct.UnsafeRegister(static r => ((PipeReader)r!).CancelPendingRead(), reader);
        var result = await read;
        if (!result.IsCanceled) return result;
        reader.AdvanceTo(result.Buffer.Start);
        throw new OperationCanceledException(ct);
    }

    private static RequestBody Take(PipeReader reader, ReadOnlySequence<byte> buffer)
    {
        var length = (int)buffer.Length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        buffer.CopyTo(rented);
        reader.AdvanceTo(buffer.End);
        return new RequestBody(rented, length);
    }

    public void Dispose()
    {
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
    }

    private static StatusException TooLarge(int limit) => ApiErrors.TooLarge($"Request entity too large: limit is {limit}");
}
