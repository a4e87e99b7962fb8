using Coxswain.Node.Linux;
using Coxswain.Node.Volumes;

namespace Coxswain.Node.Tests;

/// <summary>Remembers mounts instead of making them; what is bound becomes a link.</summary>
internal sealed class FakeMounter : IMounter
{
    public HashSet<string> Mounted { get; } = [];

    public bool IsMounted(string path) { lock (Mounted) return Mounted.Contains(path); }

    public void MountTmpfs(string path, long? size) { lock (Mounted) Mounted.Add(path); }

    public void Bind(PathHandle source, string path, bool shared)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        lock (Mounted)
        {
            if (!Mounted.Add(path)) File.Delete(path);
            File.CreateSymbolicLink(path, source.RealPath);
        }
    }

    public void UnmountUnder(string directory) { lock (Mounted) Mounted.RemoveWhere(p => p == directory || p.StartsWith(directory + "/", StringComparison.Ordinal)); }
}
