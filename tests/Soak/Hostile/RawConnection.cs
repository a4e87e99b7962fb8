using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Coxswain.Soak.Clusters;

namespace Coxswain.Soak.Hostile;

/// <summary>Bytes to and from the server, with TLS or without, and nothing that would keep them in order.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly TcpClient _tcp = new() { NoDelay = true };
    private Stream? _stream;

    /// <returns>Null when the server would not have it.</returns>
    public static async Task<RawConnection?> OpenAsync(SoakCluster cluster, bool tls, CancellationToken ct)
    {
        var connection = new RawConnection();
        try
        {
            await connection._tcp.ConnectAsync("127.0.0.1", cluster.Server.Port, ct);
            connection._stream = connection._tcp.GetStream();
            if (!tls) return connection;
            var secure = new SslStream(connection._stream);
            connection._stream = secure;
            await secure.AuthenticateAsClientAsync(ApiClient.TlsOptions(cluster.Config), ct);
            return connection;
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException)
        {
            connection.Dispose();
            return null;
        }
    }

    /// <returns>Whether the server still took it.</returns>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        try
        {
            await _stream!.WriteAsync(bytes, ct);
            return true;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException) { return false; } // closed by the server, as it may
    }

    public Task<bool> SendAsync(string text, CancellationToken ct) => SendAsync(Encoding.Latin1.GetBytes(text), ct);

    /// <summary>What the server says first, within the limit; empty when it closes or says nothing.</summary>
    public async Task<string> ReadAsync(TimeSpan limit, CancellationToken ct)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct);
        late.CancelAfter(limit);
        var buffer = new byte[4096];
        try { return Encoding.Latin1.GetString(buffer, 0, await _stream!.ReadAsync(buffer, late.Token)); }
        catch (Exception e) when (e is IOException or InvalidOperationException) { return ""; }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested) { return ""; }
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _tcp.Dispose();
    }
}
