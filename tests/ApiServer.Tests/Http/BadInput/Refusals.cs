using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Coxswain.ApiServer.Tests.Http.BadInput;

/// <summary>A running server over HTTPS, and how it refuses: code, reason and text as upstream's, and it goes on serving.</summary>
public sealed class Refusals : IAsyncLifetime
{
    public const string ConfigMaps = "/api/v1/namespaces/ns/configmaps";
    public const string Pods = "/api/v1/namespaces/ns/pods";

    internal HttpFixture Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await HttpFixture.StartAsync();
        await Server.CreateConfigMapAsync("there");
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    public Task PostAsync(string path, string body, int code, string reason, string message, string contentType = "application/json") =>
        CheckAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(body), contentType, code, reason, message);

    public Task GetAsync(string path, int code, string reason, string message, string? accept = null) => CheckAsync(HttpMethod.Get, path, null, "", code, reason, message, accept);

    /// <param name="reason">Empty where upstream gives none.</param>
    public async Task CheckAsync(HttpMethod method, string path, byte[]? body, string contentType, int code, string reason, string message, string? accept = null)
    {
        using (var response = await Server.RequestAsync(method, path, body, contentType, accept))
        {
            var status = JsonNode.Parse(await response.Content.ReadAsStringAsync(HttpFixture.Ct))!;
            Assert.Equal((message, code, reason, "Failure"), ((string?)status["message"], (int)response.StatusCode, (string?)status["reason"] ?? "", (string?)status["status"]));
            Assert.Equal(code, (int?)status["code"]);
        }
        Assert.Equal((200, "ok"), await Server.SendAsync(HttpMethod.Get, "/healthz"));
        Assert.Equal(200, (await Server.SendAsync(HttpMethod.Get, $"{ConfigMaps}/there")).Code);
    }

    /// <summary>Sends a request as it stands: clients would mend it.</summary>
    internal async Task<(string Head, string Body)> RawAsync(string request, string body = "")
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Server.Address.Host, Server.Address.Port, HttpFixture.Ct);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(Server.Tls(Server.Pki.AdminCertificate), HttpFixture.Ct);
        try
        {
            await tls.WriteAsync(Encoding.ASCII.GetBytes($"{request}\r\nHost: x\r\nConnection: close\r\n\r\n{body}"), HttpFixture.Ct);
        }
        catch (IOException) { } // refused before it was all sent
        using var reader = new StreamReader(tls, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(HttpFixture.Ct);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end < 0 ? (text, "") : (text[..end], text[(end + 4)..]);
    }
}
