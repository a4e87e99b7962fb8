namespace Coxswain.Store.Tests.PowerLoss;

/// <summary>
/// A disk that does only what it must: a file's bytes are on it once the file was flushed, a name once its directory was. Everything else may be there or not when the
/// power goes: of bytes any sectors, whatever the order they were written in; of a directory's changes the first few.
/// </summary>
/// <param name="root">The directory that was watched.</param>
/// <param name="start">A copy of what was in it at the beginning.</param>
internal sealed class Disk(string root, string start)
{
    private readonly Dictionary<long, DiskFile> _files = [];
    private readonly Dictionary<long, string> _directories = [];
    private readonly Dictionary<string, long> _names = Existing(root, start); // on the disk for sure; 0: from the beginning, and not opened yet
    private readonly Dictionary<string, List<DiskOperation>> _changes = []; // by directory, since it was flushed

    public void Apply(DiskOperation operation)
    {
        switch (operation.Kind)
        {
            case "create" or "mkdir":
                if (operation.Kind == "mkdir") _directories[operation.Inode] = operation.Path;
                else _files[operation.Inode] = new DiskFile([]);
                Change(operation.Path, operation);
                break;
            case "open":
                Open(operation);
                break;
            case "rename" or "link":
                Change(operation.To, operation);
                break;
            case "unlink":
                Change(operation.Path, operation);
                break;
            case "flush" when _directories.TryGetValue(operation.Inode, out var directory):
                foreach (var change in ChangesOf(directory)) Perform(_names, change);
                ChangesOf(directory).Clear();
                break;
            case "flush":
                _files[operation.Inode].Flush();
                break;
            default:
                _files[operation.Inode].Add(operation);
                break;
        }
    }

    /// <summary>Writes into a directory what is left when the power goes now.</summary>
    /// <param name="kept">How likely a thing is there that need not be, 0 to 1.</param>
    public void Cut(string target, Random random, double kept)
    {
        var names = new Dictionary<string, long>(_names);
        foreach (var changes in _changes.Values)
        {
            var count = kept is 0 or 1 ? (int)kept * changes.Count : random.Next(changes.Count + 1);
            foreach (var change in changes.Take(count)) Perform(names, change);
        }
        foreach (var (path, inode) in names.OrderBy(n => n.Key, StringComparer.Ordinal).Where(n => n.Key.StartsWith(root + "/data", StringComparison.Ordinal)))
        {
            if (!names.ContainsKey(Path.GetDirectoryName(path)!) && Path.GetDirectoryName(path) != root) continue; // its directory is not there
            var to = target + path[root.Length..];
            if (_directories.ContainsKey(inode) || Directory.Exists(start + path[root.Length..])) Directory.CreateDirectory(to);
            else File.WriteAllBytes(to, inode == 0 ? File.ReadAllBytes(start + path[root.Length..]) : _files[inode].After(_ => random.NextDouble() < kept));
        }
    }

    private static Dictionary<string, long> Existing(string root, string start) =>
        Directory.Exists(start) ? Directory.EnumerateFileSystemEntries(start, "*", SearchOption.AllDirectories).ToDictionary(e => root + e[start.Length..], _ => 0L) : [];

    private void Open(DiskOperation operation)
    {
        if (_files.ContainsKey(operation.Inode) || _directories.ContainsKey(operation.Inode)) return;
        var before = start + operation.Path[root.Length..];
        if (operation.Path == root || Directory.Exists(before)) _directories[operation.Inode] = operation.Path;
        else
        {
            _files[operation.Inode] = new DiskFile(File.ReadAllBytes(before));
            _names[operation.Path] = operation.Inode;
        }
    }

    private void Change(string path, DiskOperation operation) => ChangesOf(Path.GetDirectoryName(path)!).Add(operation);

    private List<DiskOperation> ChangesOf(string directory) => _changes.TryGetValue(directory, out var changes) ? changes : _changes[directory] = [];

    private static void Perform(Dictionary<string, long> names, DiskOperation change)
    {
        if (change.Kind is "create" or "mkdir") names[change.Path] = change.Inode;
        else if (change.Kind == "unlink") names.Remove(change.Path);
        else if (names.TryGetValue(change.Path, out var inode))
        {
            names[change.To] = inode;
            if (change.Kind == "rename") names.Remove(change.Path);
        }
    }
}
