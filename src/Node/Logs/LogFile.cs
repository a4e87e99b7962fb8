using Coxswain.Api;
using Coxswain.Node.Linux;

namespace Coxswain.Node.Logs;

/// <summary>
/// One container's log. Below the directory of all logs no link is followed, and nothing read but a regular file: Pods of log collectors
/// mount it, some of them to write.
/// </summary>
/// <param name="Root">A directory of the agent's own.</param>
/// <param name="Name">The path in it.</param>
internal sealed record LogFile(string Root, string Name)
{
    private const int DirectoryMode = 0b111_101_101;

    public string Path => System.IO.Path.Combine(Root, Name);

    /// <summary>Null while there is none: a container that has said nothing yet.</summary>
    /// <exception cref="StatusException">Something else is in its place.</exception>
    public FileStream? Open() => Try(() =>
    {
        using var found = Find();
        return found?.OpenRead();
    });

    /// <summary>Whether the open file is the one that has this name now.</summary>
    public bool Is(FileStream? open) => Try(() =>
    {
        using var found = Find();
        return open is not null && found is not null && FileStatus.Of(open.SafeFileHandle).IsSameFile(found.Status);
    });

    /// <summary>Makes the directory that it will lie in.</summary>
    public void MakeDirectory() => Try(() =>
    {
        Directory.CreateDirectory(Root);
        using var root = PathHandle.OpenTrusted(Root);
        root.MakeDirectories(System.IO.Path.GetDirectoryName(Name)!, DirectoryMode).Dispose();
        return true;
    });

    private PathHandle? Find()
    {
        using var root = PathHandle.TryOpenTrusted(Root);
        return root?.TryOpen(Name);
    }

    private T Try<T>(Func<T> open)
    {
        try { return open(); }
        catch (IOException e) { throw ApiErrors.Internal($"the log {Name} cannot be read: {e.Message}"); }
    }
}
