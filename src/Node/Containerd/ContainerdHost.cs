using Coxswain.Node.Cri;
using Coxswain.Node.Images;
using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Containerd;

/// <summary>
/// A containerd of our own: a child in a session of its own, so that it and the Pods outlive us and a Ctrl-C does not reach them. A later <c>cox</c> takes it over.
/// </summary>
public sealed partial class ContainerdHost : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20), ShortLife = TimeSpan.FromSeconds(5), LongestPause = TimeSpan.FromSeconds(10);

    private readonly ContainerdOptions _options;
    private readonly ContainerdPaths _paths;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private ContainerdProcess? _process;

    public ContainerdHost(ContainerdOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _paths = new ContainerdPaths(options.Directory);
        _time = time;
        _logger = loggers.CreateLogger<ContainerdHost>();
        Runtime = new CriRuntime(_paths.Socket, _paths.Fifos, time, loggers.CreateLogger<CriRuntime>());
    }

    /// <summary>Works once <see cref="StartAsync"/> has returned, and again after each restart.</summary>
    public CriRuntime Runtime { get; }

    /// <summary>As <c>--container-runtime-endpoint</c> would name it.</summary>
    public string Endpoint => "unix://" + _paths.Socket;

    internal ContainerdPaths Paths => _paths;

    /// <summary>0 while none runs.</summary>
    public int Pid => _process?.Pid ?? 0;

    /// <summary>Starts containerd, or takes over the one that runs here; returns when sandboxes can be made but for the network.</summary>
    /// <exception cref="ContainerdException"/>
    public async Task StartAsync(CancellationToken ct)
    {
        _process = await LaunchAsync(ct);
        await PauseImage.EnsureAsync(Runtime, ct);
    }

    /// <summary>Starts containerd again whenever it ends, until <paramref name="ct"/>. Pods do not notice.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var pause = TimeSpan.Zero;
        while (!ct.IsCancellationRequested)
        {
            var started = _time.GetTimestamp();
            if (_process is { } process)
            {
                try { await process.Ended.WaitAsync(ct); }
                catch (OperationCanceledException) when (ct.IsCancellationRequested) { return; }
                LogEnded(_logger, process.Pid);
                process.Dispose();
                _process = null;
            }
            // At once after a good life; with growing pauses when it ends again and again.
            pause = _time.GetElapsedTime(started) > ShortLife ? TimeSpan.Zero : pause == TimeSpan.Zero ? TimeSpan.FromMilliseconds(200) : pause * 2 < LongestPause ? pause * 2 : LongestPause;
            try
            {
                await Task.Delay(pause, _time, ct);
                await StartAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested) { return; }
            catch (Exception e) when (e is ContainerdException or RuntimeException) { LogStartFailed(_logger, e.Message); }
        }
    }

    /// <summary>Ends all Pods and containerd; no process, mount or socket is left. The images stay.</summary>
    public async Task DownAsync(CancellationToken ct)
    {
        if (!Directory.Exists(_paths.Directory)) return; // never started: the cluster was given another
        if (Directory.Exists(_paths.State))
        {
            // Pods may be there without the containerd they need to go properly.
            _process ??= await LaunchAsync(ct);
            await RemoveSandboxesAsync(ct);
            await _process.StopAsync(_time);
            _process.Dispose();
            _process = null;
        }
        await ContainerdLeftovers.RemoveAsync(_paths, _time, ct);
    }

    /// <summary>Lets go; containerd and the Pods live on.</summary>
    public async ValueTask DisposeAsync()
    {
        await Runtime.DisposeAsync();
        _process?.Dispose();
    }

    private async Task<ContainerdProcess> LaunchAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(_paths.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Path.GetDirectoryName(_paths.Socket)!);
        Directory.CreateDirectory(_options.RegistriesDirectory);
        Directory.CreateDirectory(_options.CniConfigDirectory);
        var known = ContainerdConfig.Read(_paths.Config);
        // A file system does not change its mind: probe once.
        var overlay = known is null ? Mounts.SupportsOverlay(_paths.Directory) : !known.Contains("snapshotter = \"native\"", StringComparison.Ordinal);
        var config = ContainerdConfig.Text(_options, _paths, overlay);
        var process = ContainerdProcess.Adopt(_options.Program, _paths);
        if (process is not null && known != config)
        {
            await process.StopAsync(_time);
            process.Dispose();
            process = null;
        }
        if (process is null)
        {
            // After a restart of the machine nothing that the state tells of is there any more.
            if (ProcessIdentity.Read(_paths.PidFile) is { } last && last.BootId != ProcessIdentity.ThisBoot && Directory.Exists(_paths.State)) Directory.Delete(_paths.State, recursive: true);
            await File.WriteAllTextAsync(_paths.Config, config, ct);
            process = ContainerdProcess.Start(_options.Program, _paths);
            LogStarted(_logger, process.Pid);
        }
        else LogAdopted(_logger, process.Pid);
        await AwaitReadyAsync(process, ct);
        return process;
    }

    private async Task AwaitReadyAsync(ContainerdProcess process, CancellationToken ct)
    {
        RuntimeException? last = null;
        var ready = await Settle.UntilAsync(async () =>
        {
            if (process.Ended.IsCompleted) throw new ContainerdException($"containerd ended at once: {process.LastWords()}");
            if (!File.Exists(_paths.Socket)) return false;
            // Not the version: that one is answered before the CRI plugin has found its containers again.
            try { return (await Runtime.GetStatusAsync(ct)).RuntimeReady.Ready; }
            catch (RuntimeException e) when (e.Code is RuntimeErrorCode.Unavailable or RuntimeErrorCode.Unknown or RuntimeErrorCode.Internal) { last = e; return false; }
            catch (RuntimeException e) when (e.Code == RuntimeErrorCode.Unimplemented) { throw new ContainerdException($"containerd runs without its CRI plugin: {process.LastWords()}", e); }
        }, StartLimit, TimeSpan.FromMilliseconds(4), _time, ct);
        if (!ready) throw new ContainerdException($"containerd does not answer on {_paths.Socket}: {last?.Description ?? process.LastWords()}");
    }

    private async Task RemoveSandboxesAsync(CancellationToken ct)
    {
        await Parallel.ForEachAsync(await Runtime.ListSandboxesAsync(null, ct), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct }, async (sandbox, token) =>
        {
            try
            {
                await Runtime.StopSandboxAsync(sandbox.Id, token);
                await Runtime.RemoveSandboxAsync(sandbox.Id, token);
            }
            catch (RuntimeException e) { LogSandboxStays(_logger, sandbox.Id, e.Message); } // what is left is taken by force afterwards
        });
    }

    [LoggerMessage(EventId = 6001, Level = LogLevel.Debug, Message = "started containerd, pid {Pid}")]
    private static partial void LogStarted(ILogger logger, int pid);

    [LoggerMessage(EventId = 6002, Level = LogLevel.Debug, Message = "took over the running containerd, pid {Pid}")]
    private static partial void LogAdopted(ILogger logger, int pid);

    [LoggerMessage(EventId = 6003, Level = LogLevel.Warning, Message = "containerd (pid {Pid}) has ended; starting it again")]
    private static partial void LogEnded(ILogger logger, int pid);

    [LoggerMessage(EventId = 6004, Level = LogLevel.Error, Message = "containerd cannot be started, will try again: {Reason}")]
    private static partial void LogStartFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 6005, Level = LogLevel.Warning, Message = "sandbox {Id} could not be removed: {Reason}")]
    private static partial void LogSandboxStays(ILogger logger, string id, string reason);
}
