using System.Diagnostics;
using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Load;

/// <summary>
/// The other client: reads one object again and again and looks how long it takes. On a thread of its own, so that the clock measures the
/// server.
/// </summary>
internal sealed class Prober(SoakCluster cluster, ApiClient kept, ApiClient fresh, TimeSpan most)
{
    private const string Path = "/api/v1/namespaces/default";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100), GiveUp = TimeSpan.FromSeconds(20);

    private readonly List<double> _times = [];

    /// <summary>Milliseconds of every answer while the server was up. Ask after the end.</summary>
    public IReadOnlyList<double> Times => _times;

    public Task RunAsync(CancellationToken ct) =>
        Task.Factory.StartNew(() => Run(ct), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken ct)
    {
        for (var i = 0; !ct.IsCancellationRequested; i++)
        {
            // Every tenth over a connection of its own: who comes anew must get in as well.
            if (cluster.Server.IsUp) Probe(i % 10 == 9 ? fresh : kept, ct);
            ct.WaitHandle.WaitOne(Interval);
        }
    }

    private void Probe(ApiClient api, CancellationToken ct)
    {
        var generation = cluster.Server.Generation;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(GiveUp);
        var start = Stopwatch.GetTimestamp();
        string? wrong = null;
        try
        {
            var status = api.Get(Path, limit.Token);
            if (status != 200) wrong = $"a GET was answered with {status}";
        }
        catch (OperationCanceledException) { wrong = $"a GET had no answer in {GiveUp.TotalSeconds} s"; }
        catch (HttpRequestException e) { wrong = $"a GET had no answer: {Texts.Of(e)}"; }
        var took = Stopwatch.GetElapsedTime(start);
        // Something was done to it meanwhile.
        if (ct.IsCancellationRequested || !cluster.Server.IsUp || cluster.Server.Generation != generation) return;
        cluster.Tally.Read();
        _times.Add(took.TotalMilliseconds);
        if (wrong is null && took > most) wrong = $"a GET took {Texts.Seconds(took)} s";
        if (wrong is not null) cluster.Findings.Add(Invariant.Responsive, wrong);
    }
}
