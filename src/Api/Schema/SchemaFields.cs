using System.Collections.Frozen;

namespace Coxswain.Api;

/// <summary>The fields of a struct, those of embedded structs among them, in the order in which they are written.</summary>
public sealed class SchemaFields
{
    private readonly FrozenDictionary<string, SchemaField> _byName;
    private readonly Lazy<Dictionary<int, SchemaField>> _byNumber;

    internal SchemaFields(IReadOnlyList<SchemaField> all, IReadOnlyList<EmbeddedStruct> embedded)
    {
        (All, Embedded) = (all, embedded);
        _byName = all.ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);
        _byNumber = new(() => all.Where(f => f is { Number: > 0, Embedded: null }).ToDictionary(f => f.Number));
    }

    public static SchemaFields None { get; } = new([], []);

    public IReadOnlyList<SchemaField> All { get; }

    /// <summary>The structs whose fields stand beside this one's own: in protobuf they are messages of their own.</summary>
    public IReadOnlyList<EmbeddedStruct> Embedded { get; }

    public SchemaField? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The struct's own field with this number in protobuf; those of embedded structs are theirs.</summary>
    public SchemaField? Find(int number) => _byNumber.Value.GetValueOrDefault(number);

    /// <summary>The embedded struct with this number in protobuf.</summary>
    public Schema? FindEmbedded(int number)
    {
        foreach (var embedded in Embedded)
        {
            if (embedded.Number == number) return embedded.Type;
        }
        return null;
    }
}

/// <param name="Number">Its number in protobuf.</param>
public sealed record EmbeddedStruct(int Number, Schema Type);
