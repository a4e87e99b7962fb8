using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Coxswain.Api;
using Coxswain.Node.Runtime;

namespace Coxswain.Node.Probes;

/// <summary>
/// The standard gRPC health check (<c>grpc.health.v1.Health/Check</c>). The one message each way is so small that it is written by hand:
/// request field 1 is the service, response field 1 the status, where 1 is SERVING.
/// </summary>
internal static class GrpcProbe
{
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero });

    public static async Task<ProbeOutcome> RunAsync(string host, int port, string service, TimeSpan timeout, TimeProvider time, CancellationToken ct)
    {
        var address = GoNetErrors.Address(host, port);
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using var request = Request(address, service);
            using var response = await Http.SendAsync(request, both.Token);
            var body = await response.Content.ReadAsByteArrayAsync(both.Token);
            return Code(response) == RuntimeErrorCode.OK ? Judge(body) : Failed(Code(response), Header(response, "grpc-message") ?? "");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ProbeOutcome.Failure($"timeout: health rpc did not complete within {GoDuration.Format(timeout)}");
        }
        // Upstream's client would go on trying to connect until its time is over, and then say this.
        catch (HttpRequestException e) when (e.InnerException is SocketException)
        {
            return ProbeOutcome.Failure($"timeout: failed to connect service \"{address}\" within {GoDuration.Format(timeout)}: context deadline exceeded");
        }
        catch (HttpRequestException e)
        {
            return Failed(RuntimeErrorCode.Unavailable, e.Message);
        }
    }

    private static ProbeOutcome Judge(byte[] body)
    {
        // After the frame's five bytes field 1, if it is there at all: 0 is left out.
        var status = body is [_, _, _, _, _, 0x08, var value, ..] ? value : 0;
        return status == 1 ? ProbeOutcome.Success : ProbeOutcome.Failure($"service unhealthy (responded with \"{status switch { 2 => "NOT_SERVING", 3 => "SERVICE_UNKNOWN", _ => "UNKNOWN" }}\")");
    }

    private static ProbeOutcome Failed(RuntimeErrorCode code, string text) => ProbeOutcome.Failure(code == RuntimeErrorCode.Unimplemented
        ? $"error: this server does not implement the grpc health protocol (grpc.health.v1.Health): {text}"
        : $"error: health rpc probe failed: {new RuntimeException(code, text).Message}");

    private static RuntimeErrorCode Code(HttpResponseMessage response) =>
        int.TryParse(Header(response, "grpc-status"), out var code) ? (RuntimeErrorCode)code : RuntimeErrorCode.Unknown;

    private static HttpRequestMessage Request(string address, string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        var message = name.Length == 0 ? [] : (byte[])[0x0A, .. Varint(name.Length), .. name];
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://{address}/grpc.health.v1.Health/Check")
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1.36");
        return request;
    }

    private static IEnumerable<byte> Varint(int value)
    {
        for (; value > 0x7F; value >>= 7) yield return (byte)(value | 0x80);
        yield return (byte)value;
    }

    /// <summary>An answer without a body says how it went in its headers, another behind it.</summary>
    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.TrailingHeaders.TryGetValues(name, out values) ? values.FirstOrDefault() : null;
}
