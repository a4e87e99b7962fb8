namespace Coxswain.Node.Linux;

/// <summary>
/// Where a path beneath a directory leads, with its links followed as far as they stay beneath. This is a text and may be out of date at
/// once: what it names is then opened without following links, so that who exchanges something meanwhile makes that fail and nothing else.
/// </summary>
/// <param name="Existing">The part that is there, free of links; empty for the directory itself.</param>
/// <param name="Missing">The names after it that are not there.</param>
internal sealed record BeneathPath(string Existing, IReadOnlyList<string> Missing)
{
    private const int MaxLinks = 40;
    private const int MaxParts = 4096;

    private readonly record struct Pending(string Name, bool FromLink);

    public static string[] Parts(string path) => [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".")];

    /// <exception cref="IOException">It leads out of the directory, a link leads nowhere, or there are too many.</exception>
    public static BeneathPath Resolve(PathHandle root, string path)
    {
        var done = new List<string>();
        var pending = new Stack<Pending>();
        Push(path, fromLink: false);
        for (var links = 0; pending.TryPop(out var next);)
        {
            if (next.Name == "..")
            {
                if (done.Count == 0) throw LeadsOut(path);
                done.RemoveAt(done.Count - 1);
                continue;
            }
            done.Add(next.Name);
            using var entry = root.TryOpen(string.Join('/', done));
            if (entry is null)
            {
                // Nothing is made behind a link that leads nowhere.
                if (next.FromLink || pending.Any(p => p.FromLink))
                    throw new IOException($"{path}: a symbolic link leads nowhere", Errno.NotFound);
                done.RemoveAt(done.Count - 1);
                return new BeneathPath(string.Join('/', done), [next.Name, .. pending.Select(p => p.Name)]);
            }
            if (entry.Status.Kind != FileKind.SymbolicLink) continue;
            if (++links > MaxLinks) throw new IOException($"{path}: too many levels of symbolic links", Errno.SymbolicLink);
            done.RemoveAt(done.Count - 1);
            Follow(entry.ReadLink());
        }
        return new BeneathPath(string.Join('/', done), []);

        void Follow(string target)
        {
            if (target.StartsWith('/'))
            {
                // As the node sees it, which is how a link in a directory of the node's reads.
                var home = root.RealPath;
                if (target != home && !target.StartsWith(home + "/", StringComparison.Ordinal)) throw LeadsOut(path);
                target = target[home.Length..];
                done.Clear();
            }
            Push(target, fromLink: true);
        }

        void Push(string names, bool fromLink)
        {
            foreach (var name in Parts(names).Reverse()) pending.Push(new Pending(name, fromLink));
            if (pending.Count > MaxParts) throw new IOException($"{path}: too many names", Errno.Invalid);
        }
    }

    private static IOException LeadsOut(string path) => new($"{path}: it leads out of its directory", Errno.CrossesDevices);
}
