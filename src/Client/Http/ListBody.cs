using System.Text.Json;
using Coxswain.Api;
using k8s;
using k8s.Models;

namespace Coxswain.Client;

/// <summary>Reads a list: its metadata, and each item with the apiVersion and kind that lists leave out.</summary>
internal static class ListBody
{
    public static ObjectList<T> Read<T>(ResourceType<T> type, ReadOnlySpan<byte> json) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        var items = new List<T>();
        V1ListMeta? metadata = null;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isItems, isMetadata) = (reader.ValueTextEquals("items"u8), reader.ValueTextEquals("metadata"u8));
            reader.Read();
            if (isItems && reader.TokenType == JsonTokenType.StartArray) ReadItems(type, ref reader, items);
            else if (isMetadata) metadata = JsonSerializer.Deserialize(ref reader, KubeJson.TypeInfo<V1ListMeta>());
            else reader.Skip();
        }
        return new ObjectList<T>(items, metadata?.ResourceVersion ?? "", string.IsNullOrEmpty(metadata?.ContinueProperty) ? null : metadata.ContinueProperty);
    }

    private static void ReadItems<T>(ResourceType<T> type, ref Utf8JsonReader reader, List<T> items) where T : class, IKubernetesObject<V1ObjectMeta>, new()
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var item = JsonSerializer.Deserialize(ref reader, type.TypeInfo)!;
            (item.ApiVersion, item.Kind) = (type.ApiVersion, type.Kind);
            items.Add(item);
        }
    }
}
