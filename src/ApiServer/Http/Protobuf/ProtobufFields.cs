using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;

namespace Coxswain.ApiServer.Http;

internal enum ProtobufShape { Single, List, Map }

/// <summary>One field of a message.</summary>
/// <param name="Name">Its JSON name; <c>*</c>: the message's fields stand in JSON beside the owner's own.</param>
/// <param name="Type">string, bool, bytes, int32, int64, double, or a message's definition name. Of a map or list: its elements'.</param>
internal sealed record ProtobufField(string Name, ProtobufShape Shape, string Type);

/// <summary>The field numbers of Kubernetes' protobuf messages, by definition name (<c>fields.txt</c>); read when the first such body comes.</summary>
internal static class ProtobufFields
{
    private static FrozenDictionary<string, Dictionary<int, ProtobufField>> All => field ??= Load();

    /// <summary>By number; null when the message is not known.</summary>
    public static IReadOnlyDictionary<int, ProtobufField>? Of(string type) => All.GetValueOrDefault(type);

    private static FrozenDictionary<string, Dictionary<int, ProtobufField>> Load()
    {
        var all = new Dictionary<string, Dictionary<int, ProtobufField>>();
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("protobuf-fields.txt")!);
        Dictionary<int, ProtobufField> current = [];
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith(' '))
            {
                all.Add(line, current = []);
                continue;
            }
            var parts = line.Split(' '); // "", number, name, shape, type
            var shape = parts[3] switch { "[]" => ProtobufShape.List, "{}" => ProtobufShape.Map, _ => ProtobufShape.Single };
            current.Add(int.Parse(parts[1], CultureInfo.InvariantCulture), new ProtobufField(parts[2], shape, parts[4]));
        }
        return all.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
