using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Coxswain.ApiServer.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary>Sends a list: its header, then the stored bytes of each item, flushed as they go so that a long list takes no memory of its own.</summary>
internal sealed class ListResponse(Responses responses)
{
    private const int FlushEvery = 64 * 1024;

    public async ValueTask WriteAsync(HttpContext http, Accepted accepted, ResourceEndpoint endpoint, ListAnswer list)
    {
        http.Response.ContentType = accepted.ContentType;
        if (Responses.WantsPretty(http.Request))
        {
            await responses.JsonAsync(http, 200, accepted.ContentType, Whole(list));
            return;
        }
        if (HttpMethods.IsHead(http.Request.Method)) return;
        var size = list.Items.Sum(item => (long)item.Bytes.Length);
        if (responses.Compresses(http, size))
        {
            await using var zip = Responses.Compressed(http);
            var pipe = PipeWriter.Create(zip, new StreamPipeWriterOptions(minimumBufferSize: FlushEvery, leaveOpen: true));
            await WriteAsync(pipe, endpoint, list, http.RequestAborted);
            await pipe.CompleteAsync();
            return;
        }
        await WriteAsync(http.Response.BodyWriter, endpoint, list, http.RequestAborted);
    }

    private static async ValueTask WriteAsync(PipeWriter output, ResourceEndpoint endpoint, ListAnswer list, CancellationToken ct)
    {
        var type = endpoint.ServedType;
        output.Write(Encoding.UTF8.GetBytes($"{{\"kind\":\"{type.Kind}List\",\"apiVersion\":\"{type.ApiVersion}\",\"metadata\":"));
        output.Write(list.MetadataJson());
        output.Write(",\"items\":["u8);
        for (var i = 0; i < list.Items.Count; i++)
        {
            if (i > 0) output.Write(","u8);
            endpoint.WriteItem(output, list.Items[i]);
            if (output.UnflushedBytes >= FlushEvery) await output.FlushAsync(ct);
        }
        output.Write("]}\n"u8);
        await output.FlushAsync(ct);
    }

    private static ReadOnlyMemory<byte> Whole(ListAnswer list)
    {
        var buffer = new ArrayBufferWriter<byte>();
        list.WriteTo(buffer);
        return buffer.WrittenMemory;
    }
}
