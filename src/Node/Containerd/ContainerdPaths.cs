using System.Text;
using Coxswain.Api;

namespace Coxswain.Node.Containerd;

/// <summary>Where one containerd keeps its things.</summary>
public sealed class ContainerdPaths
{
    /// <summary>What fits into <c>sockaddr_un</c>, less containerd's own <c>.ttrpc</c> behind the name.</summary>
    private const int LongestSocketPath = 107 - 6;

    public ContainerdPaths(string directory)
    {
        directory = Path.GetFullPath(directory);
        Directory = directory;
        var socketDirectory = directory;
        if (Encoding.UTF8.GetByteCount(Path.Combine(directory, SocketName)) > LongestSocketPath)
            ShortDirectory = socketDirectory = "/run/coxswain/" + ShortHash.Of(Path.GetFullPath(directory));
        Socket = Path.Combine(socketDirectory, SocketName);
    }

    private const string SocketName = "containerd.sock";

    public string Directory { get; }
    /// <summary>Not null when the socket could not lie in <see cref="Directory"/>.</summary>
    public string? ShortDirectory { get; }
    public string Socket { get; }
    public string Root => Path.Combine(Directory, "root");
    public string State => Path.Combine(Directory, "state");
    public string Config => Path.Combine(Directory, "config.toml");
    public string Log => Path.Combine(Directory, "containerd.log");
    public string PidFile => Path.Combine(Directory, "containerd.pid");
    public string Fifos => Path.Combine(Directory, "exec");
}
