using System.Globalization;
using Coxswain.Node.Linux;

namespace Coxswain.Node.Volumes;

/// <summary>
/// Changes all files of a directory in one step, as readers see it. The files live in a directory with the time in its name, <c>..data</c> links to it, and each visible
/// name links through <c>..data</c>. A change writes a new directory and renames a new link over <c>..data</c>.
/// </summary>
internal static class AtomicWriter
{
    private const string Data = "..data", NewData = "..data_tmp";

    /// <returns>Whether anything changed.</returns>
    public static bool Write(string directory, Payload payload, DateTimeOffset now, long? group)
    {
        var link = Path.Combine(directory, Data);
        var old = new DirectoryInfo(link).LinkTarget;
        var current = old is null ? null : Path.Combine(directory, old);
        if (current is not null && Same(current, payload))
        {
            Expose(directory, payload); // the last writer may have died between its steps
            return false;
        }
        var name = string.Create(CultureInfo.InvariantCulture, $"..{now:yyyy_MM_dd_HH_mm_ss}.{Random.Shared.Next():x8}");
        Make(Path.Combine(directory, name), payload, group);
        var fresh = Path.Combine(directory, NewData);
        File.Delete(fresh);
        File.CreateSymbolicLink(fresh, name);
        Syscalls.Rename(fresh, link);
        Expose(directory, payload);
        RemoveStale(directory, payload, name);
        return true;
    }

    /// <summary>What could not be made whole goes again: on a full disk each try would leave its part.</summary>
    private static void Make(string directory, Payload payload, long? group)
    {
        try
        {
            Fill(directory, payload);
            Ownership.Apply(directory, group, readOnly: true);
        }
        catch
        {
            Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    private static void Fill(string directory, Payload payload)
    {
        Directory.CreateDirectory(directory);
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_101_101);
        foreach (var (path, file) in payload)
        {
            var full = Path.Combine(directory, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            using (var stream = new FileStream(full, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
                stream.Write(file.Content.Span);
            File.SetUnixFileMode(full, (UnixFileMode)(file.Mode & 0xFFF));
        }
    }

    private static bool Same(string directory, Payload payload)
    {
        if (!Directory.Exists(directory)) return false;
        var files = Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(directory, f)).ToHashSet(StringComparer.Ordinal);
        return files.SetEquals(payload.Keys) && payload.All(p => File.ReadAllBytes(Path.Combine(directory, p.Key)).AsSpan().SequenceEqual(p.Value.Content.Span));
    }

    /// <summary>One link for each name at the top.</summary>
    private static void Expose(string directory, Payload payload)
    {
        foreach (var top in Tops(payload))
        {
            var path = Path.Combine(directory, top);
            if (new FileInfo(path).LinkTarget is null) File.CreateSymbolicLink(path, Path.Combine(Data, top));
        }
    }

    private static void RemoveStale(string directory, Payload payload, string current)
    {
        var wanted = Tops(payload).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos())
        {
            if (entry.Name == Data || entry.Name == current || wanted.Contains(entry.Name)) continue;
            if (entry.LinkTarget is not null) File.Delete(entry.FullName);
            else if (entry is DirectoryInfo stale) stale.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> Tops(Payload payload) => payload.Keys.Select(path => path.Split('/')[0]).Distinct();
}
