using Coxswain.Cli;
using Coxswain.Network.Cni;
using Coxswain.Node.Containerd;
using Coxswain.Node.Cri;
using Coxswain.Node.Images;
using Coxswain.Node.Linux;
using Coxswain.Node.Runtime;
using Coxswain.Store;
using Microsoft.Extensions.Logging;

namespace Coxswain;

/// <summary>The node's containerd: one of our own, or one that was given.</summary>
internal abstract class NodeRuntime : IAsyncDisposable
{
    public abstract CriRuntime Runtime { get; }

    /// <summary>Returns when sandboxes can be made.</summary>
    public abstract Task StartAsync(CancellationToken ct);

    /// <summary>Keeps it running until <paramref name="ct"/>.</summary>
    public abstract Task RunAsync(CancellationToken ct);

    public abstract ValueTask DisposeAsync();

    public static NodeRuntime Create(UpOptions options, DataDirectory directory, BridgeNetwork network, TimeProvider time, ILoggerFactory loggers) =>
        options.ContainerRuntimeSocket is { } socket
            ? new Foreign(socket, directory, time, loggers)
            : new Own(new ContainerdHost(OwnOptions(directory, network), time, loggers));

    public static ContainerdOptions OwnOptions(DataDirectory directory, BridgeNetwork network) =>
        new() { Directory = directory.Containerd, CniConfigDirectory = network.ConfigDirectory };

    /// <summary>Notes the socket of a containerd that was given, for <c>cox image</c>.</summary>
    public static void Remember(DataDirectory directory, string? socket)
    {
        if (socket is null) DurableFile.Delete(directory.GivenRuntime);
        else DurableFile.Write(directory.GivenRuntime, socket);
    }

    /// <returns>The socket of the containerd that was given when the cluster was started last; null when it was our own.</returns>
    public static string? Given(DataDirectory directory) => File.Exists(directory.GivenRuntime) ? File.ReadAllText(directory.GivenRuntime).Trim() : null;

    public static CriRuntime Open(string socket, DataDirectory directory, ILoggerFactory loggers) =>
        new(socket, directory.Combine("exec"), TimeProvider.System, loggers.CreateLogger<CriRuntime>());

    private sealed class Own(ContainerdHost host) : NodeRuntime
    {
        public override CriRuntime Runtime => host.Runtime;

        public override async Task StartAsync(CancellationToken ct)
        {
            try
            {
                await host.StartAsync(ct);
            }
            catch (ContainerdException e)
            {
                throw new CommandException(e.Message);
            }
        }

        public override Task RunAsync(CancellationToken ct) => host.RunAsync(ct);

        public override ValueTask DisposeAsync() => host.DisposeAsync();
    }

    private sealed class Foreign(string socket, DataDirectory directory, TimeProvider time, ILoggerFactory loggers) : NodeRuntime
    {
        public override CriRuntime Runtime { get; } = new(socket, directory.Combine("exec"), time, loggers.CreateLogger<CriRuntime>());

        public override async Task StartAsync(CancellationToken ct)
        {
            try
            {
                // It was told elsewhere which image holds its sandboxes' namespaces: ours takes that name when the image is not there, for a node never pulls one.
                foreach (var name in await Runtime.GetSandboxImageAsync(ct) is { } known ? [known] : PauseImage.UsualNames) await PauseImage.EnsureAsync(Runtime, ct, name);
            }
            catch (RuntimeException e)
            {
                throw new CommandException($"--container-runtime-endpoint: no containerd answers on {socket}: {e.Description}");
            }
        }

        public override async Task RunAsync(CancellationToken ct)
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, time, ct); // somebody else's to keep running
            }
            catch (OperationCanceledException) { }
        }

        public override ValueTask DisposeAsync() => Runtime.DisposeAsync();
    }
}
