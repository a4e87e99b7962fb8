namespace Coxswain.Soak.Clusters;

/// <summary>The processes of one cluster's node, as /proc shows them.</summary>
internal sealed class NodeProcesses(string dataDirectory)
{
    /// <summary>Null while none runs.</summary>
    public int? Containerd()
    {
        foreach (var pid in Pids())
            if (CommandLine(pid) is [var program, ..] line && Path.GetFileName(program) == "containerd" && line.Any(IsOurs)) return pid;
        return null;
    }

    public IReadOnlyList<Shim> Shims()
    {
        var pids = Pids().ToList();
        var children = pids.Select(p => (Pid: p, Parent: Stat(p).Parent)).ToLookup(p => p.Parent, p => p.Pid);
        var shims = new List<Shim>();
        foreach (var pid in pids)
        {
            var line = CommandLine(pid);
            if (line is not [var program, ..] || Path.GetFileName(program) != "containerd-shim-runc-v2" || !line.Any(IsOurs)) continue;
            var at = Array.IndexOf(line, "-id");
            if (at < 0 || at + 1 >= line.Length || line.Contains("delete")) continue; // a short-lived helper of the same name
            var sandbox = line[at + 1];
            var byId = children[pid].Select(c => (Id: ContainerOf(c), Pid: c)).Where(c => c.Id is not null)
                .DistinctBy(c => c.Id).ToDictionary(c => c.Id!, c => c.Pid);
            byId.Remove(sandbox, out var pause);
            shims.Add(new Shim(pid, sandbox, pause, byId));
        }
        return shims;
    }

    /// <summary>Ended children that nobody has asked for, of the server, containerd and the shims.</summary>
    public int Zombies(int server)
    {
        HashSet<int> parents = [server, Containerd() ?? 0, .. Shims().Select(s => s.Pid)];
        return Pids().Select(Stat).Count(s => s.State == 'Z' && parents.Contains(s.Parent));
    }

    /// <summary>Command lines that name the data directory, the caller's own apart.</summary>
    public IReadOnlyList<string> Naming() => [.. PidsNaming().Select(p => string.Join(' ', CommandLine(p)))];

    /// <summary>For what an end in order has left; that it did so is a finding already.</summary>
    public void KillNaming()
    {
        foreach (var pid in PidsNaming()) SystemCalls.Signal(pid, SystemCalls.Kill);
    }

    public IReadOnlyList<string> Mounts() =>
        [.. File.ReadLines("/proc/self/mounts").Select(l => l.Split(' ')[1]).Where(IsOurs)];

    /// <summary>The directory all Pods' cgroups lie in, relative to each hierarchy; null when no container runs.</summary>
    public string? CgroupRoot() =>
        Shims().SelectMany(s => s.Containers.Values).Select(Cgroup).OfType<string>()
            .Select(c => c.Split('/', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault()).FirstOrDefault();

    private static string? ContainerOf(int pid) => Cgroup(pid)?.Split('/') is [.., { Length: 64 } id] ? id : null;

    private static string? Cgroup(int pid)
    {
        try { return File.ReadLines($"/proc/{pid}/cgroup").FirstOrDefault()?.Split(':', 3)[2]; }
        catch (IOException) { return null; }
    }

    private List<int> PidsNaming() =>
        [.. Pids().Where(p => p != Environment.ProcessId && Stat(p).State != 'Z' && CommandLine(p).Any(Names))];

    private bool Names(string argument) => argument.Contains(dataDirectory, StringComparison.Ordinal);

    private bool IsOurs(string path) => path.StartsWith(dataDirectory + "/", StringComparison.Ordinal);

    private static IEnumerable<int> Pids() =>
        Directory.EnumerateDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), out var pid) ? pid : 0).Where(p => p > 0);

    private static string[] CommandLine(int pid)
    {
        try { return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return []; } // gone meanwhile
    }

    private static (char State, int Parent) Stat(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' '); // the name before may hold spaces
            return (fields[0][0], int.Parse(fields[1], null));
        }
        catch (IOException) { return ('X', 0); }
    }
}
