using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Coxswain.Bench.Cluster;

namespace Coxswain.Bench.Load;

/// <summary>An open watch, line by line.</summary>
internal sealed class Watching : IDisposable
{
    private readonly HttpResponseMessage _response;

    private Watching(HttpResponseMessage response) => _response = response;

    /// <summary>Returns when the server has answered: what happens from then on is in the stream.</summary>
    public static async Task<Watching> OpenAsync(ApiConnection api, string path, CancellationToken ct) => new(await api.SendAsync(Call.Get(path), ct));

    /// <summary>Events as they come, one JSON object each, valid until the next is asked for.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> LinesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var reader = PipeReader.Create(await _response.Content.ReadAsStreamAsync(ct), new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        while (true)
        {
            var read = await reader.ReadAsync(ct);
            var rest = read.Buffer;
            while (rest.PositionOf((byte)'\n') is { } end)
            {
                var line = rest.Slice(0, end);
                yield return line.IsSingleSegment ? line.First : line.ToArray();
                rest = rest.Slice(rest.GetPosition(1, end));
            }
            reader.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted) yield break;
        }
    }

    public void Dispose() => _response.Dispose();
}
