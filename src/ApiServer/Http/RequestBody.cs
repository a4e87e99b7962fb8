using System.Buffers;
using System.IO.Pipelines;
using Coxswain.Api;
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
        while (true)
        {
            var result = await reader.ReadAsync(ct);
            var buffer = result.Buffer;
            if (buffer.Length > limit)
            {
                reader.AdvanceTo(buffer.End);
                throw TooLarge(limit);
            }
            if (result.IsCompleted) return Take(reader, buffer);
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
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
