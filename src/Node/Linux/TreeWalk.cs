namespace Coxswain.Node.Linux;

/// <summary>
/// Visits a directory and all that lies in it, by handle. No link is followed and no mount entered. However deep the tree is, it holds
/// three handles: it comes back up by <c>..</c>, and goes on there only if that is the directory it came from.
/// </summary>
internal static class TreeWalk
{
    private const int MaxNames = 1_000_000;

    /// <param name="Left">Directories in it that are still to be visited.</param>
    private sealed record Level(FileStatus Directory, Queue<byte[]> Left);

    /// <exception cref="IOException">Something was moved while this was in it, or there are too many directories.</exception>
    public static void Visit(PathHandle root, Action<PathHandle> visit, CancellationToken ct)
    {
        var (levels, names) = (new Stack<Level>(), 0);
        var current = root.Open("");
        try
        {
            levels.Push(Enter(current));
            while (levels.TryPeek(out var level))
            {
                ct.ThrowIfCancellationRequested();
                if (level.Left.TryDequeue(out var name))
                {
                    names--;
                    if (current.TryOpen(name) is not { } child) continue;
                    if (!child.Status.IsDirectory || !child.Status.IsOnSameMount(root.Status))
                    {
                        child.Dispose();
                        continue;
                    }
                    current.Dispose();
                    current = child;
                    levels.Push(Enter(current));
                    continue;
                }
                levels.Pop();
                if (!levels.TryPeek(out var above)) return;
                var parent = current.OpenParent();
                current.Dispose();
                current = parent;
                if (!current.Status.IsSameFile(above.Directory))
                    throw new IOException("directories were moved during the walk", Errno.Again);
            }
        }
        finally { current.Dispose(); }

        Level Enter(PathHandle directory)
        {
            visit(directory);
            var left = new Queue<byte[]>();
            using var entries = directory.OpenDirectory();
            while (entries.Next() is { } name)
            {
                ct.ThrowIfCancellationRequested();
                if (directory.TryOpen(name) is not { } entry) continue;
                using (entry)
                {
                    if (!entry.Status.IsDirectory) visit(entry);
                    else if (++names > MaxNames) throw new IOException($"more than {MaxNames} directories", Errno.Invalid);
                    else left.Enqueue(name);
                }
            }
            return new Level(directory.Status, left);
        }
    }
}
