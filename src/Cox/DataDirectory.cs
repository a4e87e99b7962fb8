using System.Globalization;
using Coxswain.Api;
using Coxswain.Node.Linux;

namespace Coxswain;

/// <summary>Where a cluster keeps everything, and the lock that lets one process own it.</summary>
/// <param name="path">Absolute.</param>
internal sealed class DataDirectory(string path)
{
    private static readonly string[] Names =
        ["cluster.json", "cni", "containerd", "cox.lock", "cox.pid", "exec", "kubeconfig", "node", "pki", "runtime-endpoint"];

    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

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

    /// <summary>Eight hex digits that tell clusters on one machine apart: in bridge and socket names.</summary>
    public string Id => ShortHash.Of(Path);

    /// <summary>The parent of all its Pods' cgroups.</summary>
    public string CgroupRoot => $"/coxswain-{Id}";

    public bool Exists => File.Exists(ClusterFile);

    public string Combine(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes the directory (mode 0700) and takes the lock, or says who has it.</summary>
    /// <param name="say">Told when others could look into what was there.</param>
    /// <exception cref="CommandException">Another process runs this cluster, or the directory cannot be used.</exception>
    public FileStream Lock(Action<string> say)
    {
        try
        {
            Close(say);
            var held = PrivateFile.Lock(LockFile);
            try
            {
                PrivateFile.WriteAllText(PidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
                return held;
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (IOException) when (Owner() is { } pid)
        {
            throw new CommandException($"{Path} is in use by another cox, pid {pid}");
        }
        catch (IOException) when (PrivateFile.LockedBy(LockFile) is { } pid)
        {
            throw new CommandException($"{LockFile} is locked by process {pid}, which is no cox; end that process");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{Path} cannot be used: {e.Message}");
        }
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
    private void Close(Action<string> say)
    {
        Directory.CreateDirectory(Path, PrivateDirectory.Mode);
        var real = new DirectoryInfo(Path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path;
        var (owner, mode) = (FileOwner.Of(real), File.GetUnixFileMode(real));
        if (IsOurs())
        {
            if (owner != FileOwner.Self)
            {
                FileOwner.Take(real);
                say($"{Path} belonged to user {owner}; it is user {FileOwner.Self}'s now, for its owner can read every secret in it");
            }
            if (PrivateDirectory.Ensure(real) is not null)
                say($"{Path} was open to others (mode {Convert.ToString((int)mode, 8)}); only its owner may look into it now (mode 700)");
        }
        else if (owner != FileOwner.Self || (mode & OthersWrite) != 0)
        {
            throw new CommandException(
                $"{Path} holds things that are not a cluster's, and others may write to it; name an empty directory, or one that is not there yet");
        }
        foreach (var inside in (string[])[Node, Combine("cni")]) PrivateDirectory.Ensure(inside);
        foreach (var inside in (string[])[Containerd, StaticPods]) PrivateDirectory.Tighten(inside);
    }

    /// <summary>Nothing lies here but what a cluster keeps. A directory that serves others too (<c>/srv</c>) is theirs to open and close.</summary>
    private bool IsOurs() => Directory.EnumerateFileSystemEntries(Path).All(IsOurs);

    private bool IsOurs(string entry)
    {
        if (entry == Images || entry == StaticPods) return true; // users make these before the first start
        var name = System.IO.Path.GetFileName(entry);
        return (Names.Contains(name) || name.StartsWith("state.db", StringComparison.Ordinal)) && FileOwner.Of(entry) == FileOwner.Self;
    }

    /// <summary>A file of its own: the runtime lets nobody read a file that is locked.</summary>
    private string LockFile => Combine("cox.lock");
    private string PidFile => Combine("cox.pid");

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
