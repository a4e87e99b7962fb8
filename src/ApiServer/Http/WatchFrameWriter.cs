using System.Buffers;
using System.Globalization;
using System.Text;
using Coxswain.ApiServer.Pipeline;

namespace Coxswain.ApiServer.Http;

/// <summary>Events in the shape that the client asked for.</summary>
internal sealed class WatchFrameWriter(Accepted accepted, ResourceEndpoint endpoint, IncludeObject include, TimeProvider time)
{
    private bool _headersSent;

    public void Write(IBufferWriter<byte> output, in WatchFrame frame)
    {
        if (accepted.Shape == AnswerShape.Object || frame.Type == WatchFrameType.Error)
        {
            frame.WriteTo(output);
            return;
        }
        output.Write(Encoding.ASCII.GetBytes($"{{\"type\":\"{frame.TypeName}\",\"object\":"));
        if (accepted.Shape == AnswerShape.Table) WriteTable(output, frame);
        else ObjectMetadata.WritePartial(output, frame.Json.Span, accepted.Version);
        output.Write("}\n"u8);
    }

    private void WriteTable(IBufferWriter<byte> output, in WatchFrame frame)
    {
        using var table = new TableWriter(output, endpoint, include, accepted.Version, time.GetUtcNow().UtcDateTime);
        table.Begin(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"resourceVersion\":\"{frame.Revision}\"}}")), headers: !_headersSent);
        _headersSent = true;
        // What left the selection, and what a bookmark shows, lies in no store.
        if (frame.Stored is { } stored) table.Row(stored, frame.Json);
        else table.Row(endpoint.ObjectOf(frame), frame.Json);
        table.End();
    }
}
