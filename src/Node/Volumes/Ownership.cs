using Coxswain.Node.Linux;

namespace Coxswain.Node.Volumes;

/// <summary>
/// Gives a volume to the Pod's fsGroup. <c>fsGroupChangePolicy</c> has no say in the volumes that there are here (emptyDir, configMap,
/// secret, downwardAPI, projected), as upstream: each is given once, when it is made. A hostPath stays as it is.
/// </summary>
internal static class Ownership
{
    private const int Read = 0b100_100_000, Write = 0b010_010_000, Execute = 0b001_001_000, SetGroup = 0b010_000_000_000;

    /// <param name="directory">Its own path is trusted, what lies in it is not.</param>
    /// <param name="group">Null: leave everything as it is.</param>
    /// <exception cref="IOException"/>
    public static void Apply(string directory, long? group, bool readOnly, CancellationToken ct)
    {
        if (group is null) return;
        using var root = PathHandle.OpenTrusted(directory);
        Apply(root, group, readOnly, ct);
    }

    /// <inheritdoc cref="Apply(string, long?, bool, CancellationToken)"/>
    public static void Apply(PathHandle root, long? group, bool readOnly, CancellationToken ct)
    {
        if (group is { } gid) TreeWalk.Visit(root, entry => Give(entry, gid, readOnly ? Read : Read | Write), ct);
    }

    private static void Give(PathHandle entry, long gid, int mask)
    {
        var status = entry.Status;
        entry.ChangeOwner(-1, gid);
        if (status.Kind == FileKind.SymbolicLink) return;
        // New files in a directory belong to the group too.
        entry.ChangeMode(status.Mode | mask | (status.IsDirectory ? Execute | SetGroup : 0));
    }
}
