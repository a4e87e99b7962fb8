using System.Text.RegularExpressions;
using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Invariants;

/// <summary>What a cluster has on its machine besides its directory, remembered while it runs and looked for once it is gone.</summary>
internal sealed partial class LeftBehind
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly string _dataDirectory;
    private readonly NodeProcesses _processes;
    private readonly string? _bridge, _cgroup;
    private readonly string[] _namespaces;

    public LeftBehind(string dataDirectory)
    {
        _dataDirectory = dataDirectory;
        _processes = new NodeProcesses(dataDirectory);
        var cni = Path.Combine(dataDirectory, "cni"); // missing where a start did not come so far
        var networks = Directory.Exists(cni) ? Directory.EnumerateFiles(cni, "*.conflist", SearchOption.AllDirectories) : [];
        _bridge = networks.Select(f => Bridge().Match(File.ReadAllText(f)).Groups[1].Value).FirstOrDefault();
        _cgroup = _processes.CgroupRoot();
        _namespaces = [.. _processes.Mounts().Where(m => m.Contains("/netns/", StringComparison.Ordinal))];
    }

    /// <summary>After <c>cox down</c>, and again after <c>cox reset</c>.</summary>
    public async Task CheckAsync(Findings findings, string after)
    {
        try { await Waits.UntilAsync(Left, Limit, CancellationToken.None); } // a shim goes a moment after its container
        catch (SoakException e)
        {
            findings.Add(Invariant.LeftBehind, $"after {after}, {e.Message}");
            _processes.KillNaming();
        }
    }

    private string? Left()
    {
        if (_processes.Naming() is [var process, ..]) return $"a process is there: {Texts.Short(process)}";
        if (_processes.Mounts() is [var mount, ..]) return $"a mount is there: {mount}";
        if (_bridge is not null && Directory.Exists($"/sys/class/net/{_bridge}")) return $"the bridge {_bridge} is there";
        if (_namespaces.FirstOrDefault(Path.Exists) is { } name) return $"the network namespace {name} is there";
        if (_cgroup is null) return null;
        var hierarchies = Directory.EnumerateDirectories("/sys/fs/cgroup").Append("/sys/fs/cgroup");
        var cgroup = hierarchies.Select(d => Path.Combine(d, _cgroup)).FirstOrDefault(Directory.Exists);
        return cgroup is null ? null : $"the cgroup {cgroup} is there";
    }

    /// <summary>After <c>cox reset</c>.</summary>
    public void CheckDirectory(Findings findings)
    {
        if (!Directory.Exists(_dataDirectory)) return;
        var names = string.Join(", ", Directory.EnumerateFileSystemEntries(_dataDirectory).Take(5));
        findings.Add(Invariant.LeftBehind, $"after reset {_dataDirectory} is there, with {names}");
    }

    [GeneratedRegex("\"bridge\"\\s*:\\s*\"([^\"]+)\"")]
    private static partial Regex Bridge();
}
