using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Coxswain.Bench.Cluster;

/// <summary>A cluster under <c>cox up</c> in a directory of its own; disposing it leaves nothing of it.</summary>
internal sealed class CoxCluster : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(90), EndLimit = TimeSpan.FromSeconds(10);

    private readonly string _cox;
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(200) { FullMode = BoundedChannelFullMode.DropOldest });

    private CoxCluster(string cox, string directory)
    {
        (_cox, Directory) = (cox, directory);
        _process = new Process { StartInfo = Programs.Start(cox, "up", "--data-dir", directory, "--listen", $"127.0.0.1:{FreePort()}", "--node-name", "bench") };
        _process.OutputDataReceived += (_, e) => { if (e.Data is not null) _lines.Writer.TryWrite(e.Data); else _lines.Writer.TryComplete(); };
        _process.ErrorDataReceived += (_, e) => { if (e.Data is { Length: > 0 }) Console.Error.WriteLine($"    cox: {e.Data}"); };
    }

    public string Directory { get; }
    public int Pid => _process.Id;
    public KubeConfig Config => KubeConfig.Load(Path.Combine(Directory, "kubeconfig"));
    public string RuntimeSocket => Path.Combine(Directory, "containerd", "containerd.sock");
    /// <summary>Seconds from the process's start to the node being Ready, as it says itself.</summary>
    public double ReadySeconds { get; private set; }
    /// <summary>The same, as seen from outside.</summary>
    public double SeenReadySeconds { get; private set; }

    /// <summary>Starts one in an empty directory and waits until its node is Ready.</summary>
    public static async Task<CoxCluster> StartAsync(string cox, string directory, CancellationToken ct)
    {
        var cluster = new CoxCluster(cox, directory);
        try
        {
            await cluster.StartAsync(ct);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts an archive's images into the node.</summary>
    public async Task ImportAsync(string archive, CancellationToken ct) => await Programs.RunAsync(_cox, ct, "image", "import", "--data-dir", Directory, archive);

    public async ValueTask DisposeAsync()
    {
        // Whatever the bench was cancelled for, this is done to its end.
        if (IsRunning()) ProcessStats.RequestEnd(_process.Id);
        using (var limit = new CancellationTokenSource(EndLimit))
        {
            try { if (IsRunning()) await _process.WaitForExitAsync(limit.Token); }
            catch (OperationCanceledException) { _process.Kill(); }
        }
        try { await Programs.RunAsync(_cox, CancellationToken.None, "reset", "--data-dir", Directory); }
        catch (InvalidOperationException e) { await Console.Error.WriteLineAsync($"    {e.Message}"); }
        _process.Dispose();
    }

    private async Task StartAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(ReadyLimit);
        var clock = Stopwatch.StartNew();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var last = "it said nothing";
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(limit.Token))
            {
                last = line;
                if (line.StartsWith("cluster ready in ", StringComparison.Ordinal))
                {
                    ReadySeconds = double.Parse(line["cluster ready in ".Length..].TrimEnd('s'), CultureInfo.InvariantCulture);
                    SeenReadySeconds = clock.Elapsed.TotalSeconds;
                }
                if (line.StartsWith("export KUBECONFIG=", StringComparison.Ordinal) && ReadySeconds > 0) return;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested) { } // too late, said below
        throw new InvalidOperationException($"cox up did not become ready within {ReadyLimit.TotalSeconds:0} s; its last line: {last}");
    }

    private bool IsRunning()
    {
        try { return !_process.HasExited; }
        catch (InvalidOperationException) { return false; } // never started
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
