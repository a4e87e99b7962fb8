using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Coxswain.Api;

namespace Coxswain.Client;

/// <summary>Cuts a stream into lines as they come.</summary>
internal static class LineReader
{
    /// <summary>Each line is good until the next is asked for. A line that the stream's end cut off is dropped.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken ct)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        try
        {
            while (true)
            {
                var result = await ReadOnceAsync(reader, ct);
                var buffer = result.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    var line = buffer.Slice(0, end);
                    if (!line.IsEmpty) yield return line.IsSingleSegment ? line.First : line.ToArray();
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted) yield break;
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static async ValueTask<ReadResult> ReadOnceAsync(PipeReader reader, CancellationToken ct)
    {
        try
        {
            return await reader.ReadAsync(ct);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw ApiErrors.ServiceUnavailable($"the watch broke off: {e.Message}");
        }
    }
}
