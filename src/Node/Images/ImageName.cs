namespace Coxswain.Node.Images;

/// <summary>Image references: <c>nginx</c> is short for <c>docker.io/library/nginx:latest</c>.</summary>
public static class ImageName
{
    /// <summary>The full name. Ids (<c>sha256:...</c>) come back as they are; names that break the rules do too, and are found nowhere.</summary>
    public static string Normalize(string image)
    {
        if (image.StartsWith("sha256:", StringComparison.Ordinal)) return image;
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : image[..slash];
        // The first part is a registry when it could not be a user's name.
        var hasRegistry = first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost";
        var (registry, path) = hasRegistry ? (first, image[(slash + 1)..]) : ("docker.io", image);
        if (registry == "index.docker.io") registry = "docker.io";
        if (registry == "docker.io" && !path.Contains('/', StringComparison.Ordinal)) path = "library/" + path;
        return HasTagOrDigest(path) ? $"{registry}/{path}" : $"{registry}/{path}:latest";
    }

    /// <summary>The full name without tag and digest.</summary>
    public static string Repository(string image)
    {
        var name = Normalize(image);
        var at = name.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0) name = name[..at];
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }

    private static bool HasTagOrDigest(string path) =>
        path.Contains('@', StringComparison.Ordinal) || path.LastIndexOf(':') > path.LastIndexOf('/');
}
