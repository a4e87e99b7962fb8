using System.Buffers;
using Coxswain.Api;
using Coxswain.Store;

namespace Coxswain.ApiServer.Pipeline;

public enum WatchFrameType { Added, Modified, Deleted, Bookmark, Error }

/// <summary>One event of a watch: the stored bytes between a fixed head and tail, so that nothing is encoded for a watcher.</summary>
/// <param name="Json">The object, or for Error the Status.</param>
/// <param name="Stored">Where the object comes from; null for Bookmark and Error. With Deleted because the object left the selection, this is the
/// state that left it; <paramref name="Json"/> is the last one selected.</param>
public readonly record struct WatchFrame(WatchFrameType Type, ReadOnlyMemory<byte> Json, long Revision, StoredValue? Stored = null)
{
    /// <summary>Set for Error only: the watch ends with it.</summary>
    public StatusException? Error { get; init; }

    /// <summary>The word in <c>type</c>.</summary>
    public string TypeName => Type switch
    {
        WatchFrameType.Added => "ADDED",
        WatchFrameType.Modified => "MODIFIED",
        WatchFrameType.Deleted => "DELETED",
        WatchFrameType.Bookmark => "BOOKMARK",
        _ => "ERROR",
    };

    /// <summary>The event as one line of the stream: <c>{"type":"ADDED","object":{...}}</c> and a line feed.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        var head = Type switch
        {
            WatchFrameType.Added => "{\"type\":\"ADDED\",\"object\":"u8,
            WatchFrameType.Modified => "{\"type\":\"MODIFIED\",\"object\":"u8,
            WatchFrameType.Deleted => "{\"type\":\"DELETED\",\"object\":"u8,
            WatchFrameType.Bookmark => "{\"type\":\"BOOKMARK\",\"object\":"u8,
            _ => "{\"type\":\"ERROR\",\"object\":"u8,
        };
        var tail = "}\n"u8;
        if (Json.Length >= LargeGarbage.From)
        {
            // Piece by piece: in one, the output would need a buffer of the object's size.
            output.Write(head);
            output.Write(Json.Span);
            output.Write(tail);
            return;
        }
        var span = output.GetSpan(head.Length + Json.Length + tail.Length);
        head.CopyTo(span);
        Json.Span.CopyTo(span[head.Length..]);
        tail.CopyTo(span[(head.Length + Json.Length)..]);
        output.Advance(head.Length + Json.Length + tail.Length);
    }

    internal static WatchFrame Of(StatusException error) => new(WatchFrameType.Error, KubeJson.Serialize(error.Status), 0) { Error = error };
}
