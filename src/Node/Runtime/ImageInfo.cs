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

/// <summary>Credentials for a registry: user and password, or a token.</summary>
public sealed record RegistryAuth
{
    public string Username { get; init; } = "";
    public string Password { get; init; } = "";
    public string ServerAddress { get; init; } = "";
    public string IdentityToken { get; init; } = "";
    public string RegistryToken { get; init; } = "";

    /// <summary>Keeps secrets out of logs.</summary>
    public override string ToString() => $"RegistryAuth({Username}@{ServerAddress})";
}

/// <param name="MountPoint">A directory on that file system.</param>
public sealed record FileSystemUsage(string MountPoint, long UsedBytes, long UsedInodes);
