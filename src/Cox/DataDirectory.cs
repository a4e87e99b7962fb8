using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Coxswain;

/// <summary>Where a cluster keeps everything, and the lock that lets one process own it.</summary>
/// <param name="path">Absolute.</param>
internal sealed class DataDirectory(string path)
{
    public string Path { get; } = path;
    public string Pki => Combine("pki");
    public string Database => Combine("state.db");
    public string Kubeconfig => Combine("kubeconfig");
    public string Images => Combine("images");
    public string Containerd => Combine("containerd");
    public string Node => Combine("node");
    public string StaticPods => Combine("static-pods");
    /// <summary>The flags that must stay the same over restarts (address ranges); also the mark that this directory is ours.</summary>
    public string ClusterFile => Combine("cluster.json");

    /// <summary>Eight hex digits that tell clusters on one machine apart: in bridge and socket names.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path)))[..8];

    public bool Exists => File.Exists(ClusterFile);

    public string Combine(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes the directory (mode 0700) and takes the lock, or says who has it.</summary>
    /// <exception cref="CommandException">Another process runs this cluster, or the directory cannot be used.</exception>
    public FileStream Lock()
    {
        try
        {
            Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var held = new FileStream(Combine("cox.pid"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            held.SetLength(0);
            held.Write(Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            held.Flush();
            return held;
        }
        catch (IOException) when (Owner() is { } pid)
        {
            throw new CommandException($"{Path} is in use by another cox, pid {pid}");
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
            // Opened without sharing this would take the lock itself; the lock is advisory, so reading past it is possible.
            var text = UnlockedRead(Combine("cox.pid"));
            if (!int.TryParse(text, out var pid) || pid == Environment.ProcessId) return null;
            return Directory.Exists($"/proc/{pid}") && IsLocked() ? pid : null;
        }
        catch (IOException) { return null; }
    }

    private static string UnlockedRead(string file)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> buffer = stackalloc byte[32];
        return Encoding.ASCII.GetString(buffer[..RandomAccess.Read(handle, buffer, 0)]);
    }

    private bool IsLocked()
    {
        try
        {
            using var _ = new FileStream(Combine("cox.pid"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException) { return true; }
    }
}
