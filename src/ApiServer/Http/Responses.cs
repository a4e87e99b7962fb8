using System.Buffers;
using System.IO.Compression;
using System.Text;
using Coxswain.Api;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary>Writes whole answers: headers, Content-Length, and the bytes as they are.</summary>
internal sealed class Responses(ApiServerOptions options)
{
    private const int FlushEvery = 64 * 1024;

    /// <summary>Upstream compresses from this size on.</summary>
    private const int CompressFrom = 128 * 1024;

    /// <summary>Sends JSON, and a line feed after it as upstream's encoder does.</summary>
    public ValueTask JsonAsync(HttpContext http, int code, string contentType, ReadOnlyMemory<byte> json)
    {
        var response = http.Response;
        response.StatusCode = code;
        response.ContentType = contentType;
        if (WantsPretty(http.Request)) json = PrettyJson.Indent(json.Span);
        if (HttpMethods.IsHead(http.Request.Method))
        {
            response.ContentLength = json.Length + 1;
            return ValueTask.CompletedTask;
        }
        if (json.Length >= FlushEvery) return LargeAsync(http, json);
        response.ContentLength = json.Length + 1;
        var span = response.BodyWriter.GetSpan(json.Length + 1);
        json.Span.CopyTo(span);
        span[json.Length] = (byte)'\n';
        response.BodyWriter.Advance(json.Length + 1);
        return ValueTask.CompletedTask; // Kestrel flushes when the request ends
    }

    public ValueTask StatusAsync(HttpContext http, StatusException e)
    {
        if (e.Status.Details?.RetryAfterSeconds is > 0 and var seconds) http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return JsonAsync(http, e.Code, Accepted.OrJson(http.Request.Headers.Accept).ContentType, KubeJson.Serialize(e.Status));
    }

    public static void Text(HttpContext http, int code, string text)
    {
        var response = http.Response;
        response.StatusCode = code;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentLength = Encoding.UTF8.GetByteCount(text);
        if (!HttpMethods.IsHead(http.Request.Method)) response.BodyWriter.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>As upstream's filter: plain text and not a Status.</summary>
    public static void TooManyRequests(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "1";
        Text(http, StatusCodes.Status429TooManyRequests, "Too many requests, please try again later.\n");
    }

    /// <summary>Byte for byte what upstream's timeout filter writes: a Status without apiVersion and kind, as plain text.</summary>
    public static void TimedOut(HttpContext http)
    {
        var body = """
            {"metadata":{},"status":"Failure","message":"Timeout: request did not complete within the allotted timeout","reason":"Timeout","details":{},"code":504}

            """u8;
        var response = http.Response;
        response.StatusCode = StatusCodes.Status504GatewayTimeout;
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method)) response.BodyWriter.Write(body);
    }

    public static void PathNotFound(HttpContext http) => Text(http, 404, "404 page not found\n");

    /// <summary>Whether an answer of so many bytes is worth compressing: not over loopback, where the copy is cheaper than the compression.</summary>
    public bool Compresses(HttpContext http, long length) =>
        length >= CompressFrom
        && (options.CompressOnLoopback || http.Connection.RemoteIpAddress is { } peer && !System.Net.IPAddress.IsLoopback(peer))
        && http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);

    /// <summary>The stream to write a compressed answer to; sets the headers that say so.</summary>
    public static GZipStream Compressed(HttpContext http)
    {
        http.Response.Headers.ContentEncoding = "gzip";
        http.Response.Headers.Vary = "Accept-Encoding";
        return new GZipStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
    }

    /// <summary>Curl, wget and browsers get indented JSON unless they say otherwise; others when they ask.</summary>
    public static bool WantsPretty(HttpRequest request)
    {
        if (request.QueryString.HasValue && new RequestQuery(request.QueryString.Value).Get("pretty") is { Length: > 0 } asked)
        {
            return asked is "1" or "t" or "T" or "true" or "TRUE" or "True";
        }
        var agent = request.Headers.UserAgent;
        return agent.Count > 0 && agent[0] is { } name
            && (name.StartsWith("curl", StringComparison.Ordinal) || name.StartsWith("Wget", StringComparison.Ordinal) || name.StartsWith("Mozilla/5.0", StringComparison.Ordinal));
    }

    private async ValueTask LargeAsync(HttpContext http, ReadOnlyMemory<byte> json)
    {
        if (Compresses(http, json.Length))
        {
            await using var zip = Compressed(http);
            await zip.WriteAsync(json, http.RequestAborted);
            await zip.WriteAsync("\n"u8.ToArray(), http.RequestAborted);
            return;
        }
        http.Response.ContentLength = json.Length + 1;
        var output = http.Response.BodyWriter;
        for (var sent = 0; sent < json.Length; sent += FlushEvery)
        {
            await output.WriteAsync(json.Slice(sent, Math.Min(FlushEvery, json.Length - sent)), http.RequestAborted);
        }
        output.Write("\n"u8);
        // Over HTTP/1.1 the server does not send by itself what follows a flush: without this the last byte never comes.
        await output.FlushAsync(http.RequestAborted);
    }
}
