using System.Text.Json;
using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Load;

/// <summary>Watches the load's ConfigMaps without an end, and goes on by resourceVersion after each break; after 410 it lists.</summary>
internal sealed class Watcher(SoakCluster cluster, ApiClient api, int number)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly WatchBook _book = new();
    private bool _mustList = true;

    /// <summary>For whoever compares; the watcher holds it while it takes an event.</summary>
    public Lock Lock { get; } = new();

    /// <summary>Only under <see cref="Lock"/>.</summary>
    public WatchBook Book => _book;

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (_mustList) await ListAsync(ct);
                else await WatchAsync(ct);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException) { } // it goes on where it was
            await Task.Delay(Pause, ct);
        }
    }

    private async Task ListAsync(CancellationToken ct)
    {
        var answer = await api.GetAsync(SoakCluster.Labelled, ct);
        if (!answer.Succeeded)
        {
            cluster.SawServerError(answer, "a watcher's list");
            return;
        }
        var list = answer.Json;
        Seen[] items = [.. list["items"]!.AsArray().Select(i => Seen.Of(i!))];
        cluster.Tally.WatchListing();
        lock (Lock)
            foreach (var wrong in _book.List(items, SoakCluster.RevisionOf(list)))
                cluster.Findings.Add(Invariant.Watches, $"watcher {number}: {wrong}");
        _mustList = false;
    }

    private async Task WatchAsync(CancellationToken ct)
    {
        var path = $"{SoakCluster.Labelled}&watch=1&allowWatchBookmarks=true&resourceVersion={_book.Revision}";
        using var response = await api.OpenAsync(path, ct);
        if ((int)response.StatusCode == 410) _mustList = true;
        if (!response.IsSuccessStatusCode) return;
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(ct));
        while (!_mustList && await reader.ReadLineAsync(ct) is { } line) Take(line);
    }

    private void Take(string line)
    {
        JsonDocument parsed;
        try { parsed = JsonDocument.Parse(line); }
        catch (JsonException) { return; } // a line that a killed server did not finish
        using var _ = parsed;
        var type = parsed.RootElement.GetProperty("type").GetString()!;
        var value = parsed.RootElement.GetProperty("object");
        if (type == "ERROR")
        {
            if (value.GetProperty("code").GetInt32() == 410) _mustList = true;
            else cluster.Findings.Add(Invariant.Watches, $"watcher {number}: {Texts.Short(line)}");
            return;
        }
        cluster.Tally.WatchEvent();
        lock (Lock)
            if (_book.Event(type, Seen.Of(value)) is { } wrong) cluster.Findings.Add(Invariant.Watches, $"watcher {number}: {wrong}");
    }
}
