using System.Globalization;
using Coxswain.Api;
using Coxswain.Node.Linux;
using Coxswain.Store;

namespace Coxswain;

/// <summary>Where a cluster keeps everything, and the lock that lets one process own it.</summary>
/// <param name="path">Absolute.</param>
internal sealed class DataDirectory(string path)
{
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    public const UnixFileMode PublicFile = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const int ReadOnlyFileSystem = 30; // EROFS

    public string Path { get; } = path;
    public string Pki => Combine("pki");
    public string Database => Combine("state.db");
    public string Kubeconfig => Combine("kubeconfig");
    public string Images => Combine("images");
    public string Containerd => Combine("containerd");
    public string Node => Combine("node");
    /// <summary>Holds the socket of a containerd that was given; absent when it is our own.</summary>
    public string GivenRuntime => Combine("runtime-endpoint");
    public string StaticPods => Combine("static-pods");
    /// <summary>The flags that must stay the same over restarts (address ranges); also the mark that this directory is ours.</summary>
    public string ClusterFile => Combine("cluster.json");

    /// <summary>A file of its own: the runtime lets nobody read a file that is locked.</summary>
    public string LockFile => Combine("cox.lock");
    public string PidFile => Combine("cox.pid");

    /// <summary>Eight hex digits that tell clusters on one machine apart: in bridge and socket names.</summary>
    public string Id => ShortHash.Of(Path);

    /// <summary>The parent of all its Pods' cgroups.</summary>
    public string CgroupRoot => $"/coxswain-{Id}";

    public bool Exists => File.Exists(ClusterFile) || Directory.Exists(Combine(RestoreSwap.Ready));

    /// <summary>
    /// Whether a cluster was here, as far as that can be told without its mark: by a file that nobody else would have made.
    /// </summary>
    public bool HasTraces => File.Exists(LockFile) || File.Exists(Database) || File.Exists(Combine("pki/ca.key"));

    /// <summary>What a cluster keeps at the top of its directory.</summary>
    public static bool IsOwnName(string name) =>
        OwnNames.Contains(name.Split('.')[0]) || name.StartsWith(RestoreSwap.AsidePrefix, StringComparison.Ordinal);

    private static readonly HashSet<string> OwnNames =
        ["cluster", "cni", "containerd", "cox", "exec", "images",
            "kubeconfig", "node", "pki", "restore", "runtime-endpoint", "state", "static-pods"];

    /// <summary>Nothing is there, or an empty directory.</summary>
    public bool IsEmpty => !Directory.Exists(Path) || !Directory.EnumerateFileSystemEntries(Path).Any();

    public string Combine(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes the directory (mode 0700) and takes the lock, or says who has it.</summary>
    /// <param name="toEnd">To end the cluster: possible on a full disk too, and on one that has become read-only.</param>
    /// <exception cref="CommandException">Another process runs this cluster, or the directory cannot be used.</exception>
    public FileStream Lock(bool toEnd = false)
    {
        FileStream? held = null;
        try
        {
            Close();
            held = PrivateFile.Lock(LockFile);
            PrivateFile.WriteAllText(PidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return held;
        }
        catch (IOException) when (held is not null && toEnd) { return held; } // the pid is only for a message
        catch (IOException e) when (toEnd && e.HResult == ReadOnlyFileSystem && File.Exists(LockFile)) { return LockReadOnly(); }
        catch (IOException) when (held is null && Owner() is { } pid)
        {
            throw new CommandException($"{Path} is in use by another cox, pid {pid}");
        }
        catch (IOException) when (PrivateFile.LockedBy(LockFile) is { } pid)
        {
            throw new CommandException($"{LockFile} is locked by process {pid}, which is no cox; end that process");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new CommandException($"{Path} cannot be used: {SystemFailure.Describe(e)}");
        }
    }

    private FileStream LockReadOnly()
    {
        try { return new FileStream(LockFile, FileMode.Open, FileAccess.Read, FileShare.None); }
        catch (IOException e) { throw new CommandException($"{Path} cannot be used: {SystemFailure.Describe(e)}"); }
    }

    /// <summary>The pid of the running process that holds the lock, or null.</summary>
    public int? Owner()
    {
        try
        {
            return IsLocked() && int.TryParse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture, out var pid) && Directory.Exists($"/proc/{pid}") ? pid : null;
        }
        catch (IOException) { return null; }
    }

    /// <summary>Keeps others out: of the directory itself, unless it also holds things that are not this cluster's, and always of what holds secrets in it.</summary>
    private void Close()
    {
        DurableFile.CreateDirectory(Path, PrivateDirectory.Mode);
        var real = new DirectoryInfo(Path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path;
        var (owner, mode) = (FileOwner.Of(real), File.GetUnixFileMode(real));
        if (IsOurs())
        {
            if (owner != FileOwner.Self)
            {
                FileOwner.Take(real);
                Say($"{Path} belonged to user {owner}; it is user {FileOwner.Self}'s now, for its owner can read every secret in it");
            }
            if (PrivateDirectory.Ensure(real) is not null)
                Say($"{Path} was open to others (mode {Convert.ToString((int)mode, 8)}); only its owner may look into it now (mode 700)");
        }
        else if (owner != FileOwner.Self || (mode & OthersWrite) != 0)
        {
            throw new CommandException(
                $"{Path} holds things that are not a cluster's, and others may write to it; name an empty directory, or one that is not there yet");
        }
        foreach (var inside in (string[])[Node, Combine("cni"), Containerd, StaticPods]) PrivateDirectory.Tighten(inside);
    }

    /// <summary>Makes the directories that will hold secrets, before anything else makes them.</summary>
    public void MakeInside()
    {
        foreach (var inside in (string[])[Node, Combine("cni")]) PrivateDirectory.Ensure(inside);
    }

    private static void Say(string line) => Console.Error.WriteLine($"cox: {line}");

    /// <summary>Nothing lies here but what a cluster keeps. A directory that serves others too (<c>/srv</c>) is theirs to open and close.</summary>
    private bool IsOurs() => Directory.EnumerateFileSystemEntries(Path).All(IsOurs);

    private bool IsOurs(string entry)
    {
        if (entry == Images || entry == StaticPods) return true; // users make these before the first start
        return IsOwnName(System.IO.Path.GetFileName(entry)) && FileOwner.Of(entry) == FileOwner.Self;
    }

    private bool IsLocked()
    {
        try
        {
            using var _ = new FileStream(LockFile, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (FileNotFoundException) { return false; }
        catch (IOException) { return true; }
    }
}
