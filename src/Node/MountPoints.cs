using Coxswain.Node.Linux;

namespace Coxswain.Node;

/// <summary>What is mounted in a directory.</summary>
/// <param name="directory">Absolute; symbolic links are followed.</param>
public sealed class MountPoints(string directory)
{
    private readonly HashSet<string> _points = [.. Mounts.Points()];

    /// <summary>The directory without symbolic links: what mount points are named by.</summary>
    public string RealPath { get; } = Linux.RealPath.Of(directory);

    public bool Has(string realPath) => _points.Contains(realPath);

    /// <summary>Those strictly below the directory.</summary>
    public IEnumerable<string> Below => _points.Where(p => p.StartsWith(RealPath + "/", StringComparison.Ordinal));
}
