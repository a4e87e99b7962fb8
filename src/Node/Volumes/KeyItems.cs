using k8s.Models;

namespace Coxswain.Node.Volumes;

/// <summary>Which keys become which files: all under their own names, or those that <c>items</c> names.</summary>
internal static class KeyItems
{
    /// <param name="missing">How the error about a missing key begins.</param>
    public static void Add(Payload payload, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, IList<V1KeyToPath>? items, int mode, bool optional, string missing)
    {
        if (items is not { Count: > 0 })
        {
            foreach (var (key, content) in files) payload[key] = new PayloadFile(content, mode);
            return;
        }
        foreach (var item in items)
        {
            if (files.TryGetValue(item.Key, out var content)) payload[item.Path] = new PayloadFile(content, item.Mode ?? mode);
            else if (!optional) throw new VolumeException($"{missing}: {item.Key}");
        }
    }
}
