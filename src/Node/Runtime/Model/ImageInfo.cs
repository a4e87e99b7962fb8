namespace Coxswain.Node.Runtime;

/// <summary>An image that is present on the node.</summary>
public sealed record ImageInfo
{
    /// <summary><c>sha256:...</c> of its configuration.</summary>
    public required string Id { get; init; }
    /// <summary>Full names with tags: <c>docker.io/library/nginx:1.27</c>.</summary>
    public IReadOnlyList<string> RepoTags { get; init; } = [];
    /// <summary>Full names with digests.</summary>
    public IReadOnlyList<string> RepoDigests { get; init; } = [];
    /// <summary>Bytes on the wire.</summary>
    public long Size { get; init; }
    /// <summary>The user the image asks for, if by number.</summary>
    public long? Uid { get; init; }
    /// <summary>The user the image asks for, if by name.</summary>
    public string Username { get; init; } = "";
    /// <summary>Imported, or part of the platform: garbage collection leaves it alone.</summary>
    public bool Pinned { get; init; }
}
