using Coxswain.Node.Cri;
using Coxswain.Node.Images;
using Coxswain.Node.Linux;
using Coxswain.Node.Runtime;
using Microsoft.Extensions.Logging;

namespace Coxswain.Node.Containerd;

/// <summary>
/// A containerd of our own: a child in a session of its own, so that it and the Pods outlive us and a Ctrl-C does not reach them. A later <c>cox</c> takes it over.
/// </summary>
public sealed partial class ContainerdHost : IAsyncDisposable
{
    /// <summary>A new containerd answers once it has asked every shim there is, one after the other, and waits 10 s for one that hangs.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(5), LongestPause = TimeSpan.FromSeconds(10);

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

    /// <summary>How long one that runs may say nothing at all.</summary>
    private TimeSpan HangLimit => _options.AnswerLimit * ContainerdPulse.Questions;

    /// <summary>0 while none runs.</summary>
    public int Pid => _process?.Pid ?? 0;

    /// <summary>Starts containerd, or takes over the one that runs here; returns when sandboxes can be made but for the network.</summary>
    /// <exception cref="ContainerdException"/>
    public async Task StartAsync(CancellationToken ct)
    {
        _process = await LaunchAsync(ct);
        await PauseImage.EnsureAsync(Runtime, ct);
    }

    /// <summary>Starts containerd again whenever it ends or hangs, until <paramref name="ct"/>. Pods do not notice.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var pause = TimeSpan.Zero;
        while (!ct.IsCancellationRequested)
        {
            var started = _time.GetTimestamp();
            if (_process is { } process)
            {
                try { await EndAsync(process, ct); }
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

    /// <summary>Waits for its end; one that hangs is ended.</summary>
    private async Task EndAsync(ContainerdProcess process, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var lost = new ContainerdPulse(Runtime, _options.AnswerLimit, _time).LostAsync(over.Token);
        await Task.WhenAny(process.Ended, lost);
        await over.CancelAsync();
        try { await lost; }
        catch (OperationCanceledException) // it has ended, or we have
        {
            ct.ThrowIfCancellationRequested();
            return;
        }
        LogHangs(_logger, process.Pid);
        await process.KillAsync(ct);
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
        MakeDirectories();
        Directory.CreateDirectory(_options.RegistriesDirectory);
        Directory.CreateDirectory(_options.CniConfigDirectory);
        var known = ContainerdConfig.Read(_paths.Config);
        // A file system does not change its mind: probe once.
        var overlay = known is null ? Mounts.SupportsOverlay(_paths.Directory) : !known.Contains("snapshotter = \"native\"", StringComparison.Ordinal);
        var config = ContainerdConfig.Text(_options, _paths, overlay);
        return await AdoptAsync(known == config, ct) ?? await StartNewAsync(config, ct);
    }

    /// <summary>Image layers, container state and the socket are nobody else's to see, whatever the modes below.</summary>
    private void MakeDirectories()
    {
        try
        {
            PrivateDirectory.Ensure(_paths.Directory);
            if (_paths.ShortDirectory is not { } elsewhere) return;
            PrivateDirectory.Ensure(Path.GetDirectoryName(elsewhere)!);
            PrivateDirectory.Ensure(elsewhere);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { throw new ContainerdException(e.Message, e); }
    }

    /// <returns>The one that runs here already; null when there is none, or none that is fit to be kept.</returns>
    private async Task<ContainerdProcess?> AdoptAsync(bool sameConfig, CancellationToken ct)
    {
        if (ContainerdProcess.Adopt(_options.Program, _paths) is not { } process) return null;
        try
        {
            if (!sameConfig) await process.StopAsync(_time);
            else if (await IsReadyAsync(process, HangLimit, ct))
            {
                LogAdopted(_logger, process.Pid);
                return process;
            }
            else if (!process.Ended.IsCompleted)
            {
                if (Runtime.SinceLastAnswer < HangLimit) throw NotReady(process); // slow, but alive: many containers take their time to be found again
                LogHangs(_logger, process.Pid);
                await process.KillAsync(ct);
            }
        }
        catch
        {
            process.Dispose();
            throw;
        }
        process.Dispose();
        return null;
    }

    private async Task<ContainerdProcess> StartNewAsync(string config, CancellationToken ct)
    {
        // After a restart of the machine nothing that the state tells of is there any more.
        if (ProcessIdentity.Read(_paths.PidFile) is { } last && last.BootId != ProcessIdentity.ThisBoot) TreeRemoval.Remove(_paths.State, ct);
        await File.WriteAllTextAsync(_paths.Config, config, ct);
        var process = ContainerdProcess.Start(_options.Program, _paths);
        LogStarted(_logger, process.Pid);
        try
        {
            return await IsReadyAsync(process, StartLimit, ct) ? process : throw NotReady(process);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    private ContainerdException NotReady(ContainerdProcess process) =>
        new(process.Ended.IsCompleted ? $"containerd ended at once: {process.LastWords()}" : $"containerd does not answer on {_paths.Socket}: {process.LastWords()}");

    /// <returns>False when it has ended, or says nothing good for so long.</returns>
    private async Task<bool> IsReadyAsync(ContainerdProcess process, TimeSpan limit, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(limit, _time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ct);
        try
        {
            // Not the version: that one is answered before the CRI plugin has found its containers again.
            return await Settle.UntilAsync(async () => process.Ended.IsCompleted || (File.Exists(_paths.Socket) && await IsReadyAsync(over.Token)), limit, TimeSpan.FromMilliseconds(4), _time, over.Token)
                && !process.Ended.IsCompleted;
        }
        catch (RuntimeException e) when (e.Code == RuntimeErrorCode.Unimplemented) { throw new ContainerdException($"containerd runs without its CRI plugin: {process.LastWords()}", e); }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested) { return false; }
    }

    private async Task<bool> IsReadyAsync(CancellationToken ct)
    {
        try { return (await Runtime.GetStatusAsync(ct)).RuntimeReady.Ready; }
        catch (RuntimeException e) when (e.Code is RuntimeErrorCode.Unavailable or RuntimeErrorCode.Unknown or RuntimeErrorCode.Internal or RuntimeErrorCode.DeadlineExceeded) { return false; }
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

    [LoggerMessage(EventId = 6006, Level = LogLevel.Warning, Message = "containerd (pid {Pid}) does not answer any more; ending it")]
    private static partial void LogHangs(ILogger logger, int pid);

    [LoggerMessage(EventId = 6005, Level = LogLevel.Warning, Message = "sandbox {Id} could not be removed: {Reason}")]
    private static partial void LogSandboxStays(ILogger logger, string id, string reason);
}
