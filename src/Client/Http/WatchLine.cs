using System.Text.Json;
using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.Client;

/// <summary>Reads one event of a watch.</summary>
internal static class WatchLine
{
    /// <exception cref="StatusException">The event is an error: the watch is over.</exception>
    public static WatchEvent<T> Read<T>(ResourceType<T> type, ReadOnlySpan<byte> line) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var kind = "";
        ReadOnlySpan<byte> value = default;
        var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType)
            {
                kind = reader.GetString() ?? "";
                continue;
            }
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            value = line[start..(int)reader.BytesConsumed];
        }
        return kind switch
        {
            "ADDED" => new(WatchEventType.Added, type.Decode(value)),
            "MODIFIED" => new(WatchEventType.Modified, type.Decode(value)),
            "DELETED" => new(WatchEventType.Deleted, type.Decode(value)),
            "BOOKMARK" => new(WatchEventType.Bookmark, type.Decode(value)),
            _ => throw new StatusException(KubeJson.Deserialize<V1Status>(value) ?? ApiErrors.Internal($"unknown watch event {kind}").Status),
        };
    }
}
