using System.Net.Sockets;
using System.Text;
using k8s.Models;

namespace Coxswain.Node.Probes;

/// <summary>
/// Success is an answer from 200 to 399. Certificates are not checked. Redirects are followed while they stay with the host; one that leads elsewhere is an answer too,
/// but not one that says much: a warning.
/// </summary>
internal static class HttpProbe
{
    private const int MaxBody = 10 * 1024, MaxRequests = 10;

    /// <param name="host">Where the Pod is; the action's own host counts over it.</param>
    public static async Task<ProbeOutcome> RunAsync(V1HTTPGetAction action, string host, int port, TimeSpan timeout, TimeProvider time, CancellationToken ct)
    {
        var target = action.Host is { Length: > 0 } named ? named : host;
        var scheme = (action.Scheme ?? "HTTP").ToLowerInvariant();
        var path = action.Path ?? "";
        var address = GoNetErrors.Address(target, port);
        var url = $"{scheme}://{address}{(path.StartsWith('/') ? "" : "/")}{path}";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri)) return ProbeOutcome.Unknown($"parse \"{url}\": invalid URL");
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var connection = new ProbeConnection();
        try
        {
            return await AskAsync(action, uri, address, connection, both.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ProbeOutcome.Failure($"Get \"{url}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
        }
        catch (HttpRequestException e)
        {
            return ProbeOutcome.Failure($"Get \"{url}\": {GoNetErrors.Http(e, address, connection.Local)}");
        }
        catch (IOException) { return ProbeOutcome.Unknown("unexpected EOF"); } // the server went away in the middle of its answer
    }

    private static async Task<ProbeOutcome> AskAsync(V1HTTPGetAction action, Uri uri, string address, ProbeConnection connection, CancellationToken ct)
    {
        var (origin, authority) = (uri, address);
        for (var asked = 1; ; asked++)
        {
            using var request = Request(action, uri, authority);
            using var response = await connection.SendAsync(request, ct);
            if (Redirect(response) is { } location && new Uri(uri, location) is var next && next.Host == origin.Host)
            {
                if (asked == MaxRequests) return ProbeOutcome.Failure($"Get \"{location.OriginalString}\": stopped after {MaxRequests} redirects");
                if (location.IsAbsoluteUri) authority = null;
                uri = next;
                continue;
            }
            return await JudgeAsync(response, ct);
        }
    }

    private static Uri? Redirect(HttpResponseMessage response) => (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 ? response.Headers.Location : null;

    private static async Task<ProbeOutcome> JudgeAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var body = await BodyAsync(response, ct); // read, however it went: a server that cannot write its answer would take note
        return (int)response.StatusCode switch
        {
            >= 200 and < 300 => ProbeOutcome.Success,
            >= 300 and < 400 => ProbeOutcome.Warning($"Probe terminated redirects, Response body: {body}"),
            var code => ProbeOutcome.Failure($"HTTP probe failed with statuscode: {code}"),
        };
    }

    /// <param name="authority">What a server is called when the action does not say; null: as the URL has it.</param>
    private static HttpRequestMessage Request(V1HTTPGetAction action, Uri uri, string? authority)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.ConnectionClose = true;
        request.Headers.Host = authority; // with its port, be it the usual one or not
        foreach (var header in action.HttpHeaders ?? [])
        {
            if (!header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase)) request.Headers.TryAddWithoutValidation(header.Name, header.Value);
            else if (authority is not null && header.Value is { Length: > 0 }) request.Headers.Host = header.Value;
        }
        if (!request.Headers.Contains("User-Agent")) request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1.36");
        if (!request.Headers.Contains("Accept")) request.Headers.TryAddWithoutValidation("Accept", "*/*");
        return request;
    }

    private static async Task<string> BodyAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        var bytes = new byte[MaxBody];
        return Encoding.UTF8.GetString(bytes, 0, await body.ReadAtLeastAsync(bytes, MaxBody, throwOnEndOfStream: false, ct));
    }
}
