using System.Globalization;
using Coxswain.Api;
using Coxswain.Store;

namespace Coxswain;

/// <summary>Where a cluster keeps everything, and the lock that lets one process own it.</summary>
/// <param name="path">Absolute.</param>
internal sealed class DataDirectory(string path)
{
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    public const UnixFileMode PublicFile = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

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
            DurableFile.CreateDirectory(Path, Private);
            held = new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(PidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return held;
        }
        catch (IOException) when (held is not null && toEnd) { return held; } // the pid is only for a message
        catch (IOException e) when (toEnd && e.HResult == ReadOnlyFileSystem && File.Exists(LockFile)) { return LockReadOnly(); }
        catch (IOException) when (held is null && Owner() is { } pid)
        {
            throw new CommandException($"{Path} is in use by another cox, pid {pid}");
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
