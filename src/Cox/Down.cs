using Coxswain.Api;
using Coxswain.Network.Cni;
using Coxswain.Node;
using Coxswain.Node.Containerd;
using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Coxswain;

/// <summary><c>cox down</c> and <c>cox reset</c>: end what a cluster has running; the latter also deletes what it kept.</summary>
/// <remarks>
/// 1. Find out whether there is a cluster: its files, or what of it runs although they are gone. 2. End the server. 3. End the Pods in
/// order, by their containerd. 4. End by force what is left.
/// 5. Take away network, volumes and cgroups.
/// </remarks>
internal sealed class Down(string path)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DataDirectory _directory = new(path);
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly ILoggerFactory _loggers = new ConsoleLogging(LogLevel.Warning);

    /// <param name="force">Also delete where the cluster's mark is gone.</param>
    public async Task<int> RunAsync(bool deleteData, bool force, CancellationToken ct)
    {
        // 1.
        CheckName();
        var cluster = new ClusterProcesses(_directory);
        var runs = cluster.AnyRuns();
        if (!_directory.Exists && !_directory.IsEmpty) CheckUnmarked(deleteData, force, runs);
        else if (!_directory.Exists && !runs)
        {
            Reservations.Remove(_directory);
            return 0; // nothing was ever here, or all is gone
        }
        var made = !Directory.Exists(_directory.Path);
        // 2.
        await cluster.Servers.EndAsync(Patience, _time, ct);
        using (_directory.Lock(toEnd: true))
        {
            await EndNodeAsync(cluster.Remains, ct);
        }
        if (deleteData || made) Delete();
        return 0;
    }

    /// <summary>
    /// Bridge and cgroups are found by a short name made from the path. Should another cluster's come out the same, nothing may be taken
    /// for this one's.
    /// </summary>
    private void CheckName()
    {
        if (Reservations.OwnerOf(_directory.Id) is not { } owner || owner == _directory.Path) return;
        throw new CommandException(
            $"the cluster in {owner} goes by the same short name ({_directory.Id}) as {_directory.Path} would; nothing was changed");
    }

    /// <summary>A directory without cluster.json may be anybody's.</summary>
    private void CheckUnmarked(bool deleteData, bool force, bool runs)
    {
        const string Lost = "is not a cluster's directory (it has no cluster.json)";
        if (!runs && !(deleteData && force && _directory.HasTraces))
        {
            var hint = deleteData && _directory.HasTraces ? ". 'cox reset --force' deletes what cox has made in it" : "";
            throw new CommandException($"{_directory.Path} {Lost}; nothing was changed{hint}");
        }
        if (!deleteData || force) return;
        throw new CommandException(
            $"{_directory.Path} {Lost}, but a cluster runs that was started in it; nothing was changed. "
            + "'cox down' ends it and deletes nothing, 'cox reset --force' ends it and deletes its files");
    }

    private async Task EndNodeAsync(NodeRemains remains, CancellationToken ct)
    {
        // 3.
        // Without its socket a given containerd is gone for good, and nobody can be asked.
        var given = remains.GivenSockets().Append(NodeRuntime.Given(_directory) ?? "").Where(File.Exists).Distinct();
        foreach (var socket in given) await EndGivenPodsAsync(socket, ct);
        await EndOwnPodsAsync(remains, ct);
        // 4. and 5., each whatever became of the others
        Exception? failed = null;
        await TryAsync(() => remains.EndAsync(_time, ct));
        await TryAsync(() => BridgeNetwork.RemoveAsync(_directory.Path, ct));
        await TryAsync(() => Task.Run(() => NodeCleanup.Run(_directory.Node, _directory.CgroupRoot), ct));
        if (failed is null) return;
        throw new CommandException($"not all of the cluster in {_directory.Path} could be taken away: {SystemFailure.Describe(failed)}");

        async Task TryAsync(Func<Task> step)
        {
            try { await step(); }
            catch (Exception e) when (SystemFailure.Is(e)) { failed ??= e; }
        }
    }

    /// <summary>A containerd that was given goes on; of what runs in it only this cluster's Pods end.</summary>
    private async Task EndGivenPodsAsync(string socket, CancellationToken ct)
    {
        await using var runtime = NodeRuntime.Open(socket, _directory, _loggers);
        try
        {
            await NodeCleanup.EndPodsAsync(runtime, _directory.Node, _time, ct);
        }
        catch (RuntimeException e)
        {
            throw new CommandException($"the Pods in the containerd on {socket} cannot be ended: {e.Description}");
        }
    }

    /// <summary>Kindly, where its containerd can be spoken to or started. What that leaves is ended by force.</summary>
    private async Task EndOwnPodsAsync(NodeRemains remains, CancellationToken ct)
    {
        var paths = new ContainerdPaths(_directory.Containerd);
        if (!File.Exists(paths.Config) || (!File.Exists(paths.Socket) && remains.HasContainerd())) return; // its files were deleted under it
        var network = new BridgeNetwork(_directory.Path, "", "");
        await using var containerd = new ContainerdHost(NodeRuntime.OwnOptions(_directory, network), _time, _loggers);
        try
        {
            await containerd.DownAsync(ct);
        }
        catch (Exception e) when (e is ContainerdException or RuntimeException || SystemFailure.Is(e))
        {
            await Console.Error.WriteLineAsync($"cox: the Pods are ended by force, since {Failure.Line(e)}");
        }
    }

    private void Delete()
    {
        var removal = new DataRemoval(_directory);
        if (_directory.Exists) removal.RemoveAll();
        else if (removal.RemoveKnown() is { Count: > 0 } others)
            Console.Out.WriteLine($"{_directory.Path} stays, with what no cluster has made: {string.Join(", ", others)}");
        Reservations.Remove(_directory);
    }
}
