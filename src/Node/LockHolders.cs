using Coxswain.Node.Containerd;
using Coxswain.Node.Cri;
using Coxswain.Node.Linux;

namespace Coxswain.Node;

/// <summary>
/// The processes of this user that hold the exclusive lock on a file and have a certain word on their command line. Found also when the
/// file was deleted, or replaced by another
/// of its name: a lock belongs to the file that was opened.
/// </summary>
/// <param name="path">Absolute.</param>
public sealed class LockHolders(string path, string argument)
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);
    private readonly string[] _names = [.. new[] { path, RealPath.Of(path) }.Distinct().SelectMany(p => new[] { p, p + " (deleted)" })];

    public IReadOnlyList<int> Find() => [.. ProcFs.Pids().Where(IsHolder)];

    /// <summary>Asks them to end; those that have not after <paramref name="patience"/> are killed.</summary>
    /// <exception cref="IOException">One does not end.</exception>
    public async Task EndAsync(TimeSpan patience, TimeProvider time, CancellationToken ct)
    {
        List<ProcessIdentity> holders = [.. Find().Select(pid => ProcessIdentity.Of(pid)).OfType<ProcessIdentity>()];
        foreach (var holder in holders) ProcFs.Signal(holder.Pid, ProcFs.Terminate, IsHolder);
        // Its end, not only that of the lock: until then it may still write.
        if (await Settle.UntilAsync(AllEnded, patience, time, ct)) return;
        foreach (var holder in holders) ProcFs.Signal(holder.Pid, ProcFs.KillNow, _ => holder.IsAlive);
        if (await Settle.UntilAsync(AllEnded, KillLimit, time, ct)) return;
        var left = string.Join(", ", holders.Where(h => h.IsAlive).Select(h => h.Pid));
        throw new IOException($"process {left} has {path} locked and does not end, not even when it is killed");

        Task<bool> AllEnded() => Task.FromResult(!holders.Any(h => h.IsAlive));
    }

    private bool IsHolder(int pid) =>
        ProcFs.IsOfThisUser(pid) && ProcFs.Arguments(pid).Contains(argument)
        && ProcFs.OpenFiles(pid).Any(f => _names.Contains(f.Target) && ProcFs.HoldsLock(pid, f.Number));
}
