using System.Globalization;
using Coxswain.Node.Linux;

namespace Coxswain.Node.Volumes;

/// <summary>
/// Changes all files of a directory in one step, as readers see it. The files live in a directory with the time in its name, <c>..data</c> links to it, and each visible
/// name links through <c>..data</c>. A change writes a new directory and renames a new link over <c>..data</c>.
/// </summary>
/// <remarks>Containers mount it read-only, but a privileged one can change that: it is touched by handle alone.</remarks>
internal static class AtomicWriter
{
    private const string Data = "..data", NewData = "..data_tmp";
    private const int DirectoryMode = 0b111_101_101;

    /// <returns>Whether anything changed.</returns>
    public static bool Write(string directory, Payload payload, DateTimeOffset now, long? group, CancellationToken ct)
    {
        using var root = PathHandle.OpenTrusted(directory);
        if (LinkAt(root, Data) is { } old && IsSame(root, old, payload, ct))
        {
            Expose(root, payload); // the last writer may have died between its steps
            return false;
        }
        var name = string.Create(CultureInfo.InvariantCulture, $"..{now:yyyy_MM_dd_HH_mm_ss}.{Random.Shared.Next():x8}");
        Make(root, name, payload, group, ct);
        root.TryRemove(NewData);
        root.Link(NewData, name);
        root.Rename(NewData, Data);
        Expose(root, payload);
        RemoveStale(root, payload, name, ct);
        return true;
    }

    /// <summary>What could not be made whole goes again: on a full disk each try would leave its part.</summary>
    private static void Make(PathHandle root, string name, Payload payload, long? group, CancellationToken ct)
    {
        try
        {
            using var directory = root.MakeDirectories(name, DirectoryMode);
            foreach (var (path, file) in payload) Fill(directory, path, file);
            Ownership.Apply(directory, group, readOnly: true, ct);
        }
        catch
        {
            TreeRemoval.Remove(root, name, CancellationToken.None);
            throw;
        }
    }

    private static void Fill(PathHandle directory, string path, PayloadFile file)
    {
        var name = Path.GetFileName(path);
        using var parent = directory.MakeDirectories(Path.GetDirectoryName(path) ?? "", DirectoryMode);
        using (var stream = parent.CreateFile(name)) stream.Write(file.Content.Span);
        using var made = parent.Open(name);
        made.ChangeMode(file.Mode & 0xFFF);
        if (file.User is { } user) made.ChangeOwner(user, -1);
    }

    private static bool IsSame(PathHandle root, string name, Payload payload, CancellationToken ct)
    {
        try
        {
            using var directory = root.Open(name);
            var files = 0;
            TreeWalk.Visit(directory, entry => files += entry.Status.IsDirectory ? 0 : 1, ct);
            return files == payload.Count && payload.All(p => Holds(directory, p.Key, p.Value.Content.Span));
        }
        catch (IOException) { return false; } // whatever is wrong with it, it is made anew
    }

    private static bool Holds(PathHandle directory, string path, ReadOnlySpan<byte> content)
    {
        using var file = directory.Open(path);
        if (file.Status.Size != content.Length) return false;
        using var stream = file.OpenRead();
        var there = new byte[content.Length];
        return stream.ReadAtLeast(there, there.Length, throwOnEndOfStream: false) == there.Length && content.SequenceEqual(there);
    }

    /// <summary>One link for each name at the top.</summary>
    private static void Expose(PathHandle root, Payload payload)
    {
        foreach (var top in Tops(payload))
            if (LinkAt(root, top) is null) root.Link(top, $"{Data}/{top}");
    }

    private static void RemoveStale(PathHandle root, Payload payload, string current, CancellationToken ct)
    {
        var wanted = Tops(payload).Append(Data).Append(current).ToHashSet(StringComparer.Ordinal);
        using var entries = root.OpenDirectory();
        foreach (var name in entries.Names().Where(n => !wanted.Contains(n)).ToList()) TreeRemoval.Remove(root, name, ct);
    }

    private static string? LinkAt(PathHandle root, string name)
    {
        using var entry = root.TryOpen(name);
        return entry?.Status.Kind == FileKind.SymbolicLink ? entry.ReadLink() : null;
    }

    private static IEnumerable<string> Tops(Payload payload) => payload.Keys.Select(path => path.Split('/')[0]).Distinct();
}
