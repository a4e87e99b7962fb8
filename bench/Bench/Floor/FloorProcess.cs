using System.Diagnostics;
using Coxswain.Bench.Cluster;

namespace Coxswain.Bench.Floor;

/// <summary>The floor server in a process of its own, as the API server is.</summary>
internal sealed class FloorProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30), EndLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly string _directory;

    private FloorProcess(Process process, string directory) => (_process, _directory) = (process, directory);

    public int Pid => _process.Id;
    public KubeConfig Config => KubeConfig.Load(Path.Combine(_directory, FloorServer.ConfigFile));

    public static async Task<FloorProcess> StartAsync(string directory, CancellationToken ct)
    {
        Directory.CreateDirectory(directory);
        var start = Programs.Start("dotnet", typeof(FloorProcess).Assembly.Location, "floor", directory); // this very program
        start.RedirectStandardError = false;
        var floor = new FloorProcess(Process.Start(start)!, directory);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(StartLimit);
            if (await floor._process.StandardOutput.ReadLineAsync(limit.Token) == FloorServer.Listening) return floor;
            throw new InvalidOperationException("the floor server did not start");
        }
        catch
        {
            await floor.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // which ends it
        using var limit = new CancellationTokenSource(EndLimit);
        try { await _process.WaitForExitAsync(limit.Token); }
        catch (OperationCanceledException) { _process.Kill(); }
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
