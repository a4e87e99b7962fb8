namespace Coxswain.Node.Linux;

/// <summary>
/// Removes a directory of the agent's own with all that containers have left in it. No link is followed; a mount is not entered, whatever
/// it holds is somebody else's. However deep the tree is, it takes a bounded number of handles: what lies too deep is first brought up to
/// the top.
/// </summary>
internal static class TreeRemoval
{
    private const int MaxDepth = 32;

    private sealed class Level(PathHandle directory, byte[] name) : IDisposable
    {
        public PathHandle Directory { get; } = directory;
        public byte[] Name { get; } = name;
        public DirectoryReader Entries { get; } = directory.OpenDirectory();
        /// <summary>Something went since the entries were last read from the first on.</summary>
        public bool Progress { get; set; } = true;

        public void Dispose()
        {
            Entries.Dispose();
            Directory.Dispose();
        }
    }

    /// <param name="directory">Its own path is trusted, what lies in it is not. Nothing there: nothing to do.</param>
    /// <exception cref="IOException">Something could not be removed, or is still mounted in it.</exception>
    public static void Remove(string directory, CancellationToken ct)
    {
        directory = Path.TrimEndingDirectorySeparator(directory);
        using var parent = PathHandle.TryOpenTrusted(Path.GetDirectoryName(directory)!);
        if (parent is null) return;
        try { Remove(parent, Path.GetFileName(directory), ct); }
        catch (IOException e) { throw new IOException($"{directory} cannot be removed: {e.Message}", e.HResult); }
    }

    /// <summary>An entry of the directory, be it a directory itself or not.</summary>
    public static void Remove(PathHandle parent, string name, CancellationToken ct)
    {
        var top = parent.TryOpen(name);
        if (top is null) return;
        using (top)
        {
            if (!top.Status.IsDirectory) parent.TryRemove(name);
            else if (!top.Status.IsOnSameMount(parent.Status)) throw Mounted(Syscalls.NameOf(name));
            else Empty(parent, top.Open(""), Syscalls.NameOf(name), ct);
        }
    }

    private static void Empty(PathHandle parent, PathHandle top, byte[] name, CancellationToken ct)
    {
        var levels = new Stack<Level>();
        var mount = top.Status;
        Push(levels, top, name);
        var first = levels.Peek();
        try
        {
            for (var lifted = 0; levels.TryPeek(out var level);)
            {
                ct.ThrowIfCancellationRequested();
                if (NextDirectory(level) is { } child)
                {
                    // A handle on it first: what is a mount is not touched.
                    if (level.Directory.TryOpen(child) is not { } directory) continue;
                    if (!directory.Status.IsOnSameMount(mount)) using (directory) throw Mounted(child);
                    if (levels.Count < MaxDepth) Push(levels, directory, child);
                    else using (directory) Lift(level, child, first, lifted++);
                    continue;
                }
                var above = levels.Skip(1).FirstOrDefault();
                if (!TryRemove(above?.Directory ?? parent, level)) continue;
                above?.Progress = true;
                levels.Pop().Dispose();
            }
        }
        finally
        {
            foreach (var level in levels) level.Dispose();
        }
    }

    private static void Push(Stack<Level> levels, PathHandle directory, byte[] name)
    {
        try { levels.Push(new Level(directory, name)); }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Removes entries until one is a directory.</summary>
    private static byte[]? NextDirectory(Level level)
    {
        while (level.Entries.Next() is { } name)
        {
            if (level.Entries.IsDirectory) return name;
            var error = level.Directory.TryRemove(name);
            if (error is Errno.IsADirectory or Errno.NotPermitted && IsDirectory(level.Directory, name)) return name;
            if (error is not (0 or Errno.NotFound)) throw Syscalls.Failed($"remove {Syscalls.Text(name)}", error);
            level.Progress = true;
        }
        return null;
    }

    private static bool IsDirectory(PathHandle directory, byte[] name)
    {
        using var entry = directory.TryOpen(name);
        return entry?.Status.IsDirectory == true;
    }

    /// <returns>Whether it is gone. Not, when it holds what came after it was read: then it is read again, as long as that helps.</returns>
    private static bool TryRemove(PathHandle parent, Level level)
    {
        var error = parent.TryRemoveDirectory(level.Name);
        if (error is 0 or Errno.NotFound) return true;
        if (error is not (Errno.NotEmpty or Errno.Exists) || !level.Progress)
            throw Syscalls.Failed($"remove {Syscalls.Text(level.Name)}", error);
        level.Entries.Rewind();
        level.Progress = false;
        return false;
    }

    /// <summary>Moves a directory up to the top, where it is found when that is read again.</summary>
    private static void Lift(Level from, byte[] name, Level top, int number)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                from.Directory.Rename(name, top.Directory, Syscalls.NameOf($".cox-deep-{number}-{Random.Shared.Next():x8}"));
                (from.Progress, top.Progress) = (true, true);
                return;
            }
            // Something of that name is there.
            catch (IOException e) when (e.HResult is Errno.NotEmpty or Errno.Exists or Errno.NotADirectory && tries < 8) { }
        }
    }

    private static IOException Mounted(byte[] name) =>
        new($"something is still mounted on {Syscalls.Text(name)} in it; unmount it, and it will be removed at the next try");
}
