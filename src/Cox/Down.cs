using System.Diagnostics;
using Coxswain.Node;
using Coxswain.Network.Cni;
using Coxswain.Node.Containerd;
using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Coxswain;

/// <summary><c>cox down</c> and <c>cox reset</c>: end what a cluster has running; the latter also deletes what it kept.</summary>
internal sealed class Down(string path)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DataDirectory _directory = new(path);
    private readonly ILoggerFactory _loggers = new ConsoleLogging(LogLevel.Warning);

    public async Task<int> RunAsync(bool deleteData, CancellationToken ct)
    {
        if (!_directory.Exists)
        {
            if (!Directory.Exists(_directory.Path) || !Directory.EnumerateFileSystemEntries(_directory.Path).Any()) return 0; // nothing was ever here
            throw new CommandException($"{_directory.Path} is not a cluster's directory (it has no cluster.json); nothing was changed");
        }
        await EndServerAsync(ct);
        using (_directory.Lock(line => Console.Error.WriteLine($"cox: {line}")))
        {
            await EndNodeAsync(ct);
        }
        if (deleteData)
        {
            Directory.Delete(_directory.Path, recursive: true);
            Reservations.Remove(_directory);
        }
        return 0;
    }

    private async Task EndServerAsync(CancellationToken ct)
    {
        if (_directory.Owner() is not { } pid) return;
        Process server;
        try { server = Process.GetProcessById(pid); }
        catch (ArgumentException) { return; } // ended just now
        using (server)
        {
            Signals.Terminate(pid);
            try
            {
                await server.WaitForExitAsync(ct).WaitAsync(Patience, ct);
            }
            catch (TimeoutException)
            {
                server.Kill();
                await server.WaitForExitAsync(ct);
            }
        }
    }

    /// <summary>A containerd that was given goes on; of what runs in it only this cluster's Pods end.</summary>
    private async Task EndGivenPodsAsync(CancellationToken ct)
    {
        // Without a socket that containerd is gone for good, and nobody can be asked.
        if (NodeRuntime.Given(_directory) is not { } socket || !File.Exists(socket)) return;
        await using var runtime = NodeRuntime.Open(socket, _directory, _loggers);
        try
        {
            await NodeCleanup.EndPodsAsync(runtime, _directory.Node, TimeProvider.System, ct);
        }
        catch (RuntimeException e)
        {
            throw new CommandException($"the Pods in the containerd on {socket} cannot be ended: {e.Description}");
        }
    }

    private async Task EndNodeAsync(CancellationToken ct)
    {
        await EndGivenPodsAsync(ct);
        var ranges = AddressRanges.Load(_directory)!;
        var network = new BridgeNetwork(_directory.Path, ranges.FirstNode.ToString(), ranges.Pods.ToString());
        await using (var containerd = new ContainerdHost(NodeRuntime.OwnOptions(_directory, network), TimeProvider.System, _loggers))
        {
            try
            {
                await containerd.DownAsync(ct);
            }
            catch (ContainerdException e)
            {
                throw new CommandException(e.Message);
            }
        }
        await network.TearDownAsync(ct);
        try
        {
            NodeCleanup.Run(_directory.Node, _directory.CgroupRoot);
        }
        catch (IOException e)
        {
            throw new CommandException($"the Pods' volumes cannot be taken away: {e.Message}");
        }
    }
}
