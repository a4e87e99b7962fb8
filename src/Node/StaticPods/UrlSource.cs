using System.Net;
using System.Net.Http.Headers;

namespace Coxswain.Node.StaticPods;

/// <summary>Static Pods from a URL, fetched again and again; the server may say that nothing changed (ETag). What was there stays while the URL gives nothing good.</summary>
/// <param name="refused">Called once for each different failure: the URL and why.</param>
internal sealed class UrlSource(Uri url, TimeSpan period, HttpMessageInvoker http, PodManifest manifest, TimeProvider time, Action<string, string> refused) : IStaticPodSource
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private EntityTagHeaderValue? _tag;
    private string? _text, _failure;

    public string Kind => "http";

    public async Task RunAsync(Action<IReadOnlyList<StaticPod>> changed, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await FetchAsync(changed, ct);
                await Task.Delay(period, time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { } // asked to end
    }

    private async Task FetchAsync(Action<IReadOnlyList<StaticPod>> changed, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (_tag is not null) request.Headers.IfNoneMatch.Add(_tag);
            using var response = await http.SendAsync(request, both.Token);
            if (response.StatusCode == HttpStatusCode.NotModified) return;
            if (!response.IsSuccessStatusCode) throw new ManifestException($"it answers {(int)response.StatusCode} {response.ReasonPhrase}");
            await using var body = await response.Content.ReadAsStreamAsync(both.Token);
            var text = await Bounded.ReadTextAsync(body, PodManifest.MaxLength + 1, both.Token);
            if (text != _text) changed(manifest.Read(text, url.ToString()));
            // Only what was taken in is remembered: what was refused is fetched and looked at again.
            (_text, _tag, _failure) = (text, response.Headers.ETag, null);
        }
        catch (Exception e) when (e is ManifestException or HttpRequestException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            var why = e is OperationCanceledException ? $"no answer within {Timeout.TotalSeconds:0} s" : e.Message;
            if (_failure != why) refused(url.ToString(), why);
            _failure = why;
        }
    }
}
