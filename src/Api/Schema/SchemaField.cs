namespace Coxswain.Api;

/// <summary>One field of a struct.</summary>
public sealed record SchemaField(string Name, Schema Type)
{
    /// <summary>In protobuf, within <see cref="Embedded"/> where that is set; 0 for none.</summary>
    public int Number { get; init; }

    /// <summary>The empty value is kept apart from the absent one.</summary>
    public bool IsPointer { get; init; }

    /// <summary>Written even when it is empty.</summary>
    public bool IsAlways { get; init; }

    /// <summary>A time that is left out when it is not set, although it is no pointer.</summary>
    public bool OmitsZero { get; init; }

    /// <summary>Must be given.</summary>
    public bool IsRequired { get; init; }

    /// <summary>How strategic merge patch treats the field.</summary>
    public PatchStrategy Patch { get; init; }

    /// <summary>The key by which strategic merge patch merges a list's items; empty: as a set.</summary>
    public string PatchKey { get; init; } = "";

    /// <summary>How server-side apply treats the list or map.</summary>
    public ListType ListType { get; init; }

    /// <summary>The keys by which server-side apply tells a list's items apart.</summary>
    public IReadOnlyList<string> ListKeys { get; init; } = [];

    /// <summary>The constant that is filled in, as JSON; null for none.</summary>
    public string? Default { get; init; }

    /// <summary>The feature gate that the field depends on; null for none.</summary>
    public string? Gate { get; init; }

    /// <summary>The embedded structs that the field lies in, as messages show them: <c>LocalObjectReference</c>. Null for a field of the struct itself.</summary>
    public string? Embedded { get; init; }
}

/// <summary>How strategic merge patch treats a list or map. Without any, maps merge and lists are replaced.</summary>
[Flags]
public enum PatchStrategy
{
    None = 0,
    Merge = 1,
    Replace = 2,
    RetainKeys = 4,
}

/// <summary>How server-side apply treats a list or map. Without any, maps are granular and lists atomic.</summary>
public enum ListType
{
    None,
    Atomic,
    Set,
    Map,
    Granular,
}
