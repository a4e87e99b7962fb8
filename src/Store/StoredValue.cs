namespace Coxswain.Store;

/// <summary>One key at one revision. Immutable but for <see cref="Attachment"/>.</summary>
/// <param name="Revision">Of the last write to the key.</param>
/// <param name="CreateRevision">Of the write that created it.</param>
public sealed record StoredValue(string Key, ReadOnlyMemory<byte> Bytes, long Revision, long CreateRevision)
{
    /// <summary>Anything a reader derived from the bytes and wants to derive only once (a decoded object, labels). A benign race: the last one stays.</summary>
    public object? Attachment { get; set; }
}
