using System.Buffers;
using System.IO.Pipelines;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary>A request's whole body in memory, borrowed until disposed.</summary>
internal readonly struct RequestBody : IDisposable
{
    private readonly byte[]? _rented;

    private RequestBody(byte[] rented, int length) => (_rented, Json) = (rented, rented.AsMemory(0, length));
    private RequestBody(ReadOnlyMemory<byte> own) => Json = own;

    public ReadOnlyMemory<byte> Json { get; }

    /// <exception cref="StatusException">413 when the body is longer than <paramref name="limit"/>.</exception>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, int limit, CancellationToken ct)
    {
        if (request.ContentLength > limit) throw TooLarge(limit);
        var reader = request.BodyReader;
        var deadline = RequestDeadline.Of(request.HttpContext);
        // A large one gets an array of its own, filled as it comes: the shared pool would round it up, and keep one for each thread.
        if (request.ContentLength is >= LargeGarbage.From and var length) return new RequestBody(await ReadLargeAsync(reader, (int)length, deadline, ct));
        for (var received = 0L; ;)
        {
            var result = await NextAsync(reader, received, deadline, ct);
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

    /// <summary>What has come of the body, or comes next.</summary>
    private static async ValueTask<ReadResult> NextAsync(PipeReader reader, long received, RequestDeadline? deadline, CancellationToken ct)
    {
        var read = reader.ReadAsync(CancellationToken.None);
        try { return read.IsCompleted ? await read : await WaitAsync(reader, read, received, deadline, ct); }
        catch (IOException e) when (e is not (ConnectionResetException or BadHttpRequestException))
        {
            // Kestrel has an exception of its own for broken HTTP, but throws this one for a chunk size that overflows.
            throw ApiErrors.BadBody(StatusCodes.Status400BadRequest, "the request's body does not follow the rules of HTTP");
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

    /// <summary>What has come is taken at once: the connection's own buffers stay small.</summary>
    private static async ValueTask<ReadOnlyMemory<byte>> ReadLargeAsync(PipeReader reader, int length, RequestDeadline? deadline, CancellationToken ct)
    {
        LargeGarbage.Made(length);
        var body = GC.AllocateUninitializedArray<byte>(length); // takes memory only as it is written
        for (var taken = 0; ;)
        {
            var result = await NextAsync(reader, taken, deadline, ct);
            result.Buffer.CopyTo(body.AsSpan(taken)); // never more than the length: the server ends the body there
            taken += (int)result.Buffer.Length;
            reader.AdvanceTo(result.Buffer.End);
            if (!result.IsCompleted) continue;
            deadline?.BodyIsThere();
            return body.AsMemory(0, taken);
        }
    }

    private static RequestBody Take(PipeReader reader, ReadOnlySequence<byte> buffer)
    {
        var length = (int)buffer.Length;
        if (length >= LargeGarbage.From)
        {
            var own = buffer.ToArray();
            reader.AdvanceTo(buffer.End);
            return new RequestBody(own);
        }
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
