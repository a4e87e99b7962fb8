namespace Coxswain.Api;

#pragma warning disable CA1720 // The names are those of the API's own types.

/// <summary>What a value of a type is in JSON.</summary>
public enum SchemaKind
{
    /// <summary>An object with fields of its own.</summary>
    Struct,
    /// <summary>An object with any keys.</summary>
    Map,
    List,
    String,
    Boolean,
    Int32,
    Int64,
    Double,
    /// <summary>Base64 text.</summary>
    Bytes,
    /// <summary>RFC 3339 text, to the second.</summary>
    Time,
    /// <summary>RFC 3339 text, to the microsecond.</summary>
    MicroTime,
    /// <summary>Go's text for a time span: <c>1m30s</c>.</summary>
    Duration,
    /// <summary>An amount with an optional suffix; a number is read, too.</summary>
    Quantity,
    /// <summary>A number, or text.</summary>
    IntOrString,
    /// <summary>Any JSON value, kept as it is.</summary>
    Any,
}
