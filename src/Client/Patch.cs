namespace Coxswain.Client;

/// <summary>The three kinds of patch that the API takes: RFC 6902, RFC 7386, and Kubernetes' own.</summary>
public enum PatchType { Json, Merge, StrategicMerge }

/// <summary>A patch document and how to read it.</summary>
public readonly record struct Patch(PatchType Type, ReadOnlyMemory<byte> Body)
{
    public string ContentType => Type switch
    {
        PatchType.Json => "application/json-patch+json",
        PatchType.Merge => "application/merge-patch+json",
        _ => "application/strategic-merge-patch+json",
    };
}
