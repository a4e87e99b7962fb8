namespace Coxswain.Api;

/// <summary>
/// One node of a structural schema: what a value may be, how it is written, how it merges. The types of the built-in kinds come from <c>Schema/Types/</c>
/// (<see cref="Schemas"/>).
/// </summary>
/// <remarks>Immutable. A struct's fields are read when they are first asked for, so types may refer to themselves.</remarks>
public sealed class Schema
{
    private readonly Lazy<SchemaFields>? _fields;

    internal Schema(SchemaKind kind, string goType, Schema? element = null, Func<SchemaFields>? fields = null)
    {
        (Kind, GoType, Element) = (kind, goType, element);
        if (fields is not null) _fields = new Lazy<SchemaFields>(fields);
    }

    public SchemaKind Kind { get; }

    /// <summary>What upstream's messages call the type: <c>v1.Container</c>, <c>[]v1.EnvVar</c>, <c>string</c>.</summary>
    public string GoType { get; }

    /// <summary>Of a list's or map's elements; null for everything else.</summary>
    public Schema? Element { get; }

    /// <summary>The struct's full name, as in the table: <c>core.v1.Container</c>. Empty for what has none.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>The words that a string type has names for; none for most types.</summary>
    public IReadOnlyList<string> Words { get; internal init; } = [];

    /// <summary>No other words than <see cref="Words"/> are allowed, and OpenAPI says so.</summary>
    public bool IsEnum { get; internal init; }

    /// <summary>Server-side apply replaces the struct as a whole.</summary>
    public bool IsAtomic { get; internal init; }

    /// <summary>A list that has a name of its own (<c>ExtraValue</c>): in protobuf it is a message around the list.</summary>
    public bool IsNamedList { get; internal init; }

    /// <summary>A struct's fields; none for everything else.</summary>
    public SchemaFields Fields => _fields?.Value ?? SchemaFields.None;

    /// <summary>The schema of a field of a struct, or of an entry of a map; null when there is none.</summary>
    public Schema? Of(string key) => Kind == SchemaKind.Map ? Element : Fields.Find(key)?.Type;

    /// <summary>The struct's bare name, as it stands before the first dot of a field in messages: <c>Container</c>.</summary>
    public string StructName => GoType[(GoType.LastIndexOf('.') + 1)..];

    public override string ToString() => GoType;
}
