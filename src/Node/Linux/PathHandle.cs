using Microsoft.Win32.SafeHandles;

namespace Coxswain.Node.Linux;

/// <summary>
/// A file or directory held open without being read: whatever others do to its name, this stays what was opened. The one way by which the
/// agent, as root, touches paths that a container can change: start at a directory of the agent's own, open what lies beneath it without
/// following a link, act on the handle.
/// </summary>
/// <remarks>Errors are <see cref="IOException"/> with the kernel's number (<see cref="Errno"/>) as its HResult.</remarks>
internal sealed class PathHandle : IDisposable
{
    private static readonly int Itself = Syscalls.PathOnly | Syscalls.NoFollow;
    private static readonly int DirectoryItself = Itself | Syscalls.DirectoryOnly;
    private readonly SafeFileHandle _handle;
    private FileStatus? _status;

    internal PathHandle(SafeFileHandle handle) => _handle = handle;

    /// <summary>Opens a path that only the agent or the administrator can change: links are followed.</summary>
    public static PathHandle OpenTrusted(string path) => new(Syscalls.Open(path, Syscalls.PathOnly));

    /// <inheritdoc cref="OpenTrusted"/>
    /// <returns>Null where there is nothing.</returns>
    public static PathHandle? TryOpenTrusted(string path)
    {
        if (Syscalls.TryOpen(path, Syscalls.PathOnly, 0, out var error) is { } handle) return new PathHandle(handle);
        return error is Errno.NotFound or Errno.NotADirectory ? null : throw Syscalls.Failed($"open {path}", error);
    }

    /// <summary>As it was when first asked for.</summary>
    public FileStatus Status => _status ??= FileStatus.Of(_handle);

    /// <summary>
    /// Names what is open to calls that want a path (mount, chmod, open): nobody can make it name anything else. Only while this is open.
    /// </summary>
    public string ProcPath => $"/proc/self/fd/{_handle.DangerousGetHandle()}";

    /// <summary>Where it lies now, as far as a text can say.</summary>
    public string RealPath => Path.TrimEndingDirectorySeparator(File.ResolveLinkTarget(ProcPath, returnFinalTarget: false)!.FullName);

    /// <summary>
    /// Opens what lies beneath this directory. No link is followed: one in the middle fails, one at the end is opened itself.
    /// </summary>
    /// <param name="path">Relative, without <c>..</c>; empty for the directory itself.</param>
    public PathHandle Open(string path) => TryOpen(path) ?? throw Syscalls.Failed($"open {path}", Errno.NotFound);

    /// <inheritdoc cref="Open(string)"/>
    /// <returns>Null where there is nothing.</returns>
    public PathHandle? TryOpen(string path)
    {
        var opened = BeneathOpener.TryOpen(_handle, Syscalls.NameOf(path.Length == 0 ? "." : path), out var error);
        if (opened is not null) return new PathHandle(opened);
        return error == Errno.NotFound ? null : throw Syscalls.Failed($"open {path}", error);
    }

    /// <param name="name">One name of this directory's, with a zero at its end.</param>
    /// <returns>Null where there is nothing.</returns>
    public PathHandle? TryOpen(ReadOnlySpan<byte> name)
    {
        if (Syscalls.TryOpenAt(_handle, name, Itself, 0, out var error) is { } opened) return new PathHandle(opened);
        return error == Errno.NotFound ? null : throw Syscalls.Failed($"open {Syscalls.Text(name)}", error);
    }

    /// <summary>The directory that this one lies in now.</summary>
    public PathHandle OpenParent() => new(Syscalls.OpenAt(_handle, "..\0"u8, DirectoryItself));

    /// <summary>Makes directories beneath this one, where they are missing.</summary>
    /// <param name="path">Relative, without <c>..</c>.</param>
    /// <param name="mode">Of each that is made, less the umask; the last one gets it whole.</param>
    /// <returns>The last.</returns>
    public PathHandle MakeDirectories(string path, int mode)
    {
        var current = Open("");
        var made = false;
        try
        {
            foreach (var part in BeneathPath.Parts(path))
            {
                if (part == "..") throw new IOException($"make {path}: it leads out", Errno.CrossesDevices);
                made = current.TryMakeDirectory(part, mode);
                var next = new PathHandle(Syscalls.OpenAt(current._handle, Syscalls.NameOf(part), DirectoryItself));
                current.Dispose();
                current = next;
            }
            if (made) current.ChangeMode(mode);
            return current;
        }
        catch
        {
            current.Dispose();
            throw;
        }
    }

    /// <returns>Whether it was made; else something of that name is there.</returns>
    private bool TryMakeDirectory(string name, int mode)
    {
        var error = Syscalls.TryMakeDirectoryAt(_handle, Syscalls.NameOf(name), mode);
        return error is 0 or Errno.Exists ? error == 0 : throw Syscalls.Failed($"make {name}", error);
    }

    /// <summary>Makes a file that was not there, readable to its owner alone.</summary>
    public FileStream CreateFile(string name)
    {
        var flags = Syscalls.WriteOnly | Syscalls.Create | Syscalls.Exclusive | Syscalls.NoFollow;
        return new FileStream(Syscalls.OpenAt(_handle, Syscalls.NameOf(name), flags, 0b110_000_000), FileAccess.Write, 0);
    }

    /// <summary>Opens a regular file for reading; anything else (a pipe would make the reader wait, a device act) is an error.</summary>
    public FileStream OpenRead()
    {
        if (Status.Kind != FileKind.Regular) throw new IOException("not a regular file", Errno.Invalid);
        return new FileStream(Syscalls.Open(ProcPath, Syscalls.NonBlocking), FileAccess.Read, 0);
    }

    /// <summary>This directory's entries, read one after the other.</summary>
    public DirectoryReader OpenDirectory() => new(Syscalls.OpenAt(_handle, ".\0"u8, Syscalls.DirectoryOnly | Syscalls.NoFollow));

    public void ChangeOwner(long user, long group) => Syscalls.ChangeOwner(_handle, user, group);

    /// <summary>Not of a link: it has no mode of its own, and what it leads to is not meant.</summary>
    public void ChangeMode(int mode)
    {
        if (Status.Kind == FileKind.SymbolicLink) throw new IOException("a symbolic link has no mode", Errno.SymbolicLink);
        Syscalls.ChangeMode(ProcPath, mode);
    }

    /// <summary>Where this link leads; what is open must be one.</summary>
    public string ReadLink() => Syscalls.ReadLink(_handle);

    public void Link(string name, string target) => Syscalls.LinkSymbolicallyAt(Syscalls.NameOf(target), _handle, Syscalls.NameOf(name));

    /// <summary>Gives an entry of this directory another name, in one step and in the place of what has that name.</summary>
    public void Rename(string name, string newName) => Syscalls.RenameAt(_handle, Syscalls.NameOf(name), _handle, Syscalls.NameOf(newName));

    public void Rename(ReadOnlySpan<byte> name, PathHandle to, ReadOnlySpan<byte> newName) =>
        Syscalls.RenameAt(_handle, name, to._handle, newName);

    /// <summary>Removes an entry that is no directory; a link, not what it leads to.</summary>
    /// <returns>0, or the error.</returns>
    public int TryRemove(ReadOnlySpan<byte> name) => Syscalls.TryRemoveAt(_handle, name, isDirectory: false);

    /// <inheritdoc cref="TryRemove(ReadOnlySpan{byte})"/>
    /// <returns>Whether it was there.</returns>
    public bool TryRemove(string name)
    {
        var error = TryRemove(Syscalls.NameOf(name));
        return error is 0 or Errno.NotFound ? error == 0 : throw Syscalls.Failed($"remove {name}", error);
    }

    /// <summary>Removes an empty directory.</summary>
    /// <returns>0, or the error.</returns>
    public int TryRemoveDirectory(ReadOnlySpan<byte> name) => Syscalls.TryRemoveAt(_handle, name, isDirectory: true);

    public void Dispose() => _handle.Dispose();
}
