using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Coxswain.Node.Probes;

/// <summary>
/// The standard gRPC health check (<c>grpc.health.v1.Health/Check</c>). The one message each way is so small that it is written by hand:
/// request field 1 is the service, response field 1 the status, where 1 is SERVING.
/// </summary>
internal static class GrpcProbe
{
    private static readonly HttpMessageInvoker s_http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero });

    public static async Task<ProbeOutcome> RunAsync(string host, int port, string service, TimeSpan timeout, TimeProvider time, CancellationToken ct)
    {
        var address = GoNetErrors.Address(host, port);
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using var request = Request(address, service);
            using var response = await s_http.SendAsync(request, both.Token);
            var body = await response.Content.ReadAsByteArrayAsync(both.Token);
            var status = Header(response.Headers, "grpc-status") ?? Header(response.TrailingHeaders, "grpc-status");
            if (status is "12") return ProbeOutcome.Failure("error: this server does not implement the grpc health protocol (grpc.health.v1.Health)");
            if (status is not "0") return ProbeOutcome.Failure($"error: health rpc probe failed: code = {status}");
            return body is [_, _, _, _, _, 0x08, 1, ..] ? ProbeOutcome.Success : ProbeOutcome.Failure("service unhealthy (responded with \"NOT_SERVING\")");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ProbeOutcome.Failure($"timeout: health rpc did not complete within {timeout.TotalSeconds:0}s");
        }
        catch (HttpRequestException e)
        {
            return ProbeOutcome.Failure(e.InnerException is SocketException s ? $"error: health rpc probe failed: {GoNetErrors.Dial(address, s)}" : $"error: health rpc probe failed: {e.Message}");
        }
    }

    private static HttpRequestMessage Request(string address, string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        var message = name.Length == 0 ? [] : (byte[])[0x0A, (byte)name.Length, .. name];
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

    private static string? Header(System.Net.Http.Headers.HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
