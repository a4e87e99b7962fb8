using System.Net.Sockets;
using System.Security.Authentication;
using k8s.Models;

namespace Coxswain.Node.Probes;

/// <summary>Success is an answer from 200 to 399. Certificates are not checked; a redirect to another host counts as success.</summary>
internal static class HttpProbe
{
    private const int MaxBody = 10 * 1024, MaxRedirects = 10;

#pragma warning disable CA5359 // Probes ask whether a server answers, not who it is: Pods' certificates are as a rule their own.
    private static readonly HttpMessageInvoker s_http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
    });
#pragma warning restore CA5359

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
        try
        {
            return await AskAsync(action, uri, both.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ProbeOutcome.Failure($"Get \"{url}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
        }
        catch (HttpRequestException e)
        {
            return ProbeOutcome.Failure($"Get \"{url}\": {Reason(e, address)}");
        }
    }

    private static async Task<ProbeOutcome> AskAsync(V1HTTPGetAction action, Uri uri, CancellationToken ct)
    {
        var origin = uri;
        for (var hops = 0; ; hops++)
        {
            using var request = Request(action, uri);
            using var response = await s_http.SendAsync(request, ct);
            var code = (int)response.StatusCode;
            if (code is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location)
            {
                uri = new Uri(uri, location);
                if (uri.Host != origin.Host) return ProbeOutcome.Success;
                if (hops < MaxRedirects) continue;
                return ProbeOutcome.Failure($"Get \"{origin.OriginalString}\": stopped after {MaxRedirects} redirects");
            }
            if (code is >= 200 and < 400) return ProbeOutcome.Success;
            await DrainAsync(response, ct);
            return ProbeOutcome.Failure($"HTTP probe failed with statuscode: {code}");
        }
    }

    private static HttpRequestMessage Request(V1HTTPGetAction action, Uri uri)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.ConnectionClose = true;
        foreach (var header in action.HttpHeaders ?? [])
        {
            if (header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase)) request.Headers.Host = header.Value;
            else request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }
        if (!request.Headers.Contains("User-Agent")) request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1.36");
        if (!request.Headers.Contains("Accept")) request.Headers.TryAddWithoutValidation("Accept", "*/*");
        return request;
    }

    private static async Task DrainAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        await body.ReadAtLeastAsync(new byte[MaxBody], MaxBody, throwOnEndOfStream: false, ct);
    }

    private static string Reason(HttpRequestException e, string address) => e.InnerException switch
    {
        SocketException socket => GoNetErrors.Dial(address, socket),
        AuthenticationException => "http: server gave HTTP response to HTTPS client",
        _ => e.HttpRequestError == HttpRequestError.ResponseEnded ? "EOF" : e.Message,
    };
}
