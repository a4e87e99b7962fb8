using System.Collections.Frozen;

namespace Coxswain.Api;

/// <summary>The fields of a struct, those of embedded structs among them, in the order in which they are written.</summary>
public sealed class SchemaFields
{
    private readonly FrozenDictionary<string, SchemaField> _byName;

    internal SchemaFields(IReadOnlyList<SchemaField> all, IReadOnlyList<EmbeddedStruct> embedded)
    {
        (All, Embedded) = (all, embedded);
        _byName = all.ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);
    }

    public static SchemaFields None { get; } = new([], []);

    public IReadOnlyList<SchemaField> All { get; }

    /// <summary>The structs whose fields stand beside this one's own: in protobuf they are messages of their own.</summary>
    public IReadOnlyList<EmbeddedStruct> Embedded { get; }

    public SchemaField? Find(string name) => _byName.GetValueOrDefault(name);
}

/// <param name="Number">Its number in protobuf.</param>
public sealed record EmbeddedStruct(int Number, Schema Type);
