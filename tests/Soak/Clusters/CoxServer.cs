using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Coxswain.Soak.Clusters;

/// <summary>One <c>cox up</c> on one data directory, started again and again. An end that nobody asked for is a finding.</summary>
internal sealed class CoxServer(string executable, string directory, int port, string node, Findings findings,
    TextWriter? log = null) : IDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private readonly LogWatch _watch = new(findings);
    private readonly StringBuilder _said = new();
    private Process? _process;
    private volatile bool _isUp;
    private volatile int _generation;

    public string Directory => directory;
    public int Port => port;
    public int Pid => _process?.Id ?? 0;
    /// <summary>From the ready line until something is done to it: in between, whoever asks gets an answer.</summary>
    public bool IsUp => _isUp;
    /// <summary>Counts the starts. Who sees the same number before and after has spoken to one process.</summary>
    public int Generation => _generation;
    public bool IsRunning => _process is { HasExited: false };
    /// <summary>Of the last process, once it has ended.</summary>
    public int ExitCode => _process!.ExitCode;

    /// <exception cref="SoakException">It did not become ready.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        var result = await TryStartAsync(ct);
        if (!result.Ready) throw new SoakException($"cox up {result.Describe()}");
    }

    /// <summary>Starts one and returns once it is ready, or has ended, or <paramref name="seconds"/> are over.</summary>
    public async Task<StartResult> TryStartAsync(CancellationToken ct, int seconds = 90)
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_said) _said.Clear();
        _process?.Dispose();
        _process = NewProcess(ready);
        _generation++;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        var ended = _process.WaitForExitAsync(limit.Token);
        try { await await Task.WhenAny(ready.Task, ended); }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested) { } // neither: told by the result
        if (ready.Task.IsCompletedSuccessfully && !_process.HasExited) _isUp = true;
        return new StartResult(_isUp, _process.HasExited ? _process.ExitCode : null, Said());
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync() => EndAsync(SystemCalls.Kill);

    /// <summary>SIGTERM.</summary>
    /// <returns>How long it took.</returns>
    public Task<TimeSpan> TerminateAsync() => EndAsync(SystemCalls.Terminate);

    /// <summary>Something else ends it now, and rightly.</summary>
    public void Ending() => _isUp = false;

    /// <summary>What the last process said.</summary>
    public string Said() { lock (_said) return _said.ToString(); }

    public void Dispose()
    {
        _isUp = false;
        if (IsRunning) _process!.Kill();
        _process?.Dispose();
    }

    private async Task<TimeSpan> EndAsync(int signal)
    {
        _isUp = false;
        var clock = Stopwatch.StartNew();
        if (_process is not { HasExited: false } process) return TimeSpan.Zero;
        SystemCalls.Signal(process.Id, signal);
        using var limit = new CancellationTokenSource(EndLimit);
        try { await process.WaitForExitAsync(limit.Token); }
        catch (OperationCanceledException)
        {
            findings.Add(Invariant.Recovery, $"cox up (pid {process.Id}) did not end within {EndLimit.TotalSeconds} s of signal {signal}");
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
        return clock.Elapsed;
    }

    private Process NewProcess(TaskCompletionSource ready)
    {
        var start = Programs.Start(executable, "up", "--data-dir", directory, "--listen", $"127.0.0.1:{port}", "--node-name", node);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, e) => Take(e.Data, ready);
        process.ErrorDataReceived += (_, e) => Take(e.Data, ready);
        process.Exited += (_, _) => OnExited(process);
        return process;
    }

    private void OnExited(Process process)
    {
        if (!_isUp || process != _process) return; // asked for, or an earlier one
        _isUp = false;
        findings.Add(Invariant.Alive,
            $"cox up (pid {process.Id}) ended by itself with {process.ExitCode}: {Texts.Short(Tail(Said()), 1000)}");
    }

    private void Take(string? line, TaskCompletionSource ready)
    {
        if (line is null) return;
        lock (_said) if (_said.Length < 1 << 20) _said.AppendLine(line);
        if (log is not null)
            lock (log) log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:HH:mm:ss.fff} [{_generation}] {line}"));
        _watch.Take(line);
        if (line.StartsWith("cluster ready in ", StringComparison.Ordinal)) ready.TrySetResult();
    }

    private static string Tail(string text) => text.Length <= 1000 ? text : text[^1000..];
}
