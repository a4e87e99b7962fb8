using System.Buffers.Text;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.ApiServer.Http;
using Coxswain.ApiServer.Tests.Pipeline;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http;

public sealed class WatchTests
{
    private const string ConfigMaps = "/api/v1/namespaces/ns/configmaps";

    [Fact]
    public async Task Watch_FromTheStart_SendsALineAnEvent()
    {
        await using var server = await HttpFixture.StartAsync();
        await server.CreateConfigMapAsync("a");
        using var response = await server.RequestAsync(HttpMethod.Get, $"{ConfigMaps}?watch=true");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(HttpFixture.Ct));
        var first = await NextAsync(lines);
        await server.CreateConfigMapAsync("b");
        var second = await NextAsync(lines);

        Assert.Equal(("ADDED", "a"), (first["type"]!.GetValue<string>(), first["object"]!["metadata"]!["name"]!.GetValue<string>()));
        Assert.Equal(("ADDED", "b"), (second["type"]!.GetValue<string>(), second["object"]!["metadata"]!["name"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("/api/v1/watch/configmaps")]
    [InlineData("/api/v1/watch/namespaces/ns/configmaps")]
    [InlineData("/api/v1/watch/namespaces/ns/configmaps/b")]
    public async Task Watch_ByTheOlderPath_IsAWatch(string path)
    {
        await using var server = await HttpFixture.StartAsync();
        if (!path.EndsWith("/b", StringComparison.Ordinal)) await server.CreateConfigMapAsync("a");
        using var response = await server.RequestAsync(HttpMethod.Get, path);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(HttpFixture.Ct));
        await server.CreateConfigMapAsync("other");
        await server.CreateConfigMapAsync("b");
        var names = new List<string>();
        do names.Add((await NextAsync(lines))["object"]!["metadata"]!["name"]!.GetValue<string>());
        while (names[^1] != "b");

        Assert.Equal(path.EndsWith("/b", StringComparison.Ordinal) ? ["b"] : ["a", "other", "b"], names);
    }

    [Fact]
    public async Task Watch_NothingHappens_HeadersComeAtOnce()
    {
        await using var server = await HttpFixture.StartAsync();
        using var response = await server.RequestAsync(HttpMethod.Get, $"{ConfigMaps}?watch=1&resourceVersion=0").WaitAsync(HttpFixture.Bound, HttpFixture.Ct);

        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task Watch_TimeoutSeconds_EndsTheStreamWhole()
    {
        await using var server = await HttpFixture.StartAsync();
        var answer = await server.SendAsync(HttpMethod.Get, $"{ConfigMaps}?watch=true&timeoutSeconds=1").WaitAsync(HttpFixture.Bound, HttpFixture.Ct);

        Assert.Equal((200, ""), answer);
    }

    [Fact]
    public async Task Watch_AsTable_SendsColumnsOnce()
    {
        await using var server = await HttpFixture.StartAsync();
        await server.CreateConfigMapAsync("a");
        using var response = await server.RequestAsync(HttpMethod.Get, $"{ConfigMaps}?watch=true", accept: "application/json;as=Table;v=v1;g=meta.k8s.io");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(HttpFixture.Ct));
        var first = (await NextAsync(lines))["object"]!;
        await server.CreateConfigMapAsync("b");
        var second = (await NextAsync(lines))["object"]!;

        Assert.Equal("Table", first["kind"]!.GetValue<string>());
        Assert.Equal(3, first["columnDefinitions"]!.AsArray().Count);
        Assert.Null(second["columnDefinitions"]);
        Assert.Equal("b", second["rows"]![0]!["cells"]![0]!.GetValue<string>());
        Assert.Equal("PartialObjectMetadata", second["rows"]![0]!["object"]!["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task Watch_OverAWebSocket_SendsATextMessageAnEvent()
    {
        await using var server = await HttpFixture.StartAsync();
        await server.CreateConfigMapAsync("a");
        using var socket = await ConnectAsync(server, "?watch=1");
        var first = await MessageAsync(socket);
        await server.CreateConfigMapAsync("b");
        var second = await MessageAsync(socket);

        Assert.Equal(("ADDED", "a"), (first["type"]!.GetValue<string>(), first["object"]!["metadata"]!["name"]!.GetValue<string>()));
        Assert.Equal(("ADDED", "b"), (second["type"]!.GetValue<string>(), second["object"]!["metadata"]!["name"]!.GetValue<string>()));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, HttpFixture.Ct).WaitAsync(HttpFixture.Bound, HttpFixture.Ct);
    }

    [Fact]
    public async Task Watch_OverAWebSocket_EndsWithItsTime()
    {
        await using var server = await HttpFixture.StartAsync();
        using var socket = await ConnectAsync(server, "?watch=1&timeoutSeconds=1");
        var end = await socket.ReceiveAsync(new byte[64], HttpFixture.Ct).WaitAsync(HttpFixture.Bound, HttpFixture.Ct);

        Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.NormalClosure), (end.MessageType, end.CloseStatus));
    }

    [Fact]
    public async Task Watch_OverAWebSocket_TakesATokenAmongTheProtocols()
    {
        await using var server = await HttpFixture.StartAsync();
        var account = await server.Client.CreateAsync(Kinds.ServiceAccounts, Kinds.ServiceAccounts.New("ns", "sa"), HttpFixture.Ct);
        var token = (await server.Tokens.IssueAsync(account, new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec { Audiences = [] } }, null, HttpFixture.Ct)).Token;
        var offer = "base64url.bearer.authorization.k8s.io." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(token));

        // Known, and so refused for what it may not do; anybody else is asked who they are.
        var known = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(server, "?watch=1", null, offer, "base64.binary.k8s.io"));
        var unknown = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(server, "?watch=1", null, offer[..^4], "base64.binary.k8s.io"));
        Assert.Contains("403", known.Message, StringComparison.Ordinal);
        Assert.Contains("401", unknown.Message, StringComparison.Ordinal);
    }

    /// <summary>Upstream's WebSockets for watches are for browsers, which say where they come from.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    public async Task Watch_OverAWebSocketWithoutOrigin_IsForbiddenWithoutAWord(string? origin)
    {
        await using var server = await HttpFixture.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, $"{ConfigMaps}?watch=1")) { Version = System.Net.HttpVersion.Version11 };
        foreach (var (name, value) in new[] { ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "WKuHU3Ipi3J4Bgjqoyv5NQ=="), ("Origin", origin) })
        {
            if (value is not null) request.Headers.TryAddWithoutValidation(name, value);
        }
        using var client = server.ClientWith(server.Pki.AdminCertificate);
        using var response = await client.SendAsync(request, HttpFixture.Ct).WaitAsync(HttpFixture.Bound, HttpFixture.Ct);

        Assert.Equal((403, ""), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(HttpFixture.Ct)));
        Assert.True(response.Headers.ConnectionClose);
    }

    private static Task<ClientWebSocket> ConnectAsync(HttpFixture server, string query) => ConnectAsync(server, query, server.Pki.AdminCertificate);

    private static async Task<ClientWebSocket> ConnectAsync(HttpFixture server, string query, X509Certificate2? certificate, params string[] protocols)
    {
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { SslOptions = server.Tls(certificate) }, disposeHandler: false);
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", "https://dashboard.example.com");
        foreach (var protocol in protocols) socket.Options.AddSubProtocol(protocol);
        await socket.ConnectAsync(new Uri($"wss://127.0.0.1:{server.Address.Port}{ConfigMaps}{query}"), invoker, HttpFixture.Ct).WaitAsync(HttpFixture.Bound, HttpFixture.Ct);
        return socket;
    }

    private static async Task<JsonNode> MessageAsync(ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        var result = await socket.ReceiveAsync(buffer, HttpFixture.Ct).WaitAsync(HttpFixture.Bound, HttpFixture.Ct);
        Assert.Equal((WebSocketMessageType.Text, true), (result.MessageType, result.EndOfMessage));
        return JsonNode.Parse(buffer.AsSpan(0, result.Count))!;
    }

    [Fact]
    public async Task Stop_WithOpenWatches_IsQuick()
    {
        // Were the watch not ended, the stop would wait for it as long as it may.
        var server = await HttpFixture.StartAsync(new ApiServerOptions { StopGrace = TimeSpan.FromSeconds(30) });
        using var response = await server.RequestAsync(HttpMethod.Get, $"{ConfigMaps}?watch=true");
        var clock = Stopwatch.StartNew();
        await server.Host.StopAsync();
        var took = clock.Elapsed;
        await server.DisposeAsync();

        Assert.True(took < TimeSpan.FromSeconds(20), $"took {took}");
    }

    [Fact]
    public async Task Watch_ReaderThatStalls_IsDroppedAndOthersGoOn()
    {
        // The server's time stands still meanwhile: a busy machine does not make a stalled reader of the other one.
        var clock = new FixedClock(DateTimeOffset.UtcNow);
        var options = new ApiServerOptions { StalledReaderTimeout = TimeSpan.FromMilliseconds(1) };
        await using var server = await HttpFixture.StartAsync(options, time: clock);
        using var slow = await server.RequestAsync(HttpMethod.Get, $"{ConfigMaps}?watch=true");
        await using var unread = await slow.Content.ReadAsStreamAsync(HttpFixture.Ct);
        using var other = await server.RequestAsync(HttpMethod.Get, $"{ConfigMaps}?watch=true", by: server.ClientWith(server.Pki.AdminCertificate));
        using var lines = new StreamReader(await other.Content.ReadAsStreamAsync(HttpFixture.Ct));
        var text = new string('x', 900_000);
        for (var i = 0; i < 8; i++)
        {
            var created = await server.SendAsync(HttpMethod.Post, ConfigMaps, $$$"""{"metadata":{"name":"m{{{i}}}"},"data":{"a":"{{{text}}}"}}""", by: server.ClientWith(server.Pki.AdminCertificate));
            Assert.Equal(201, created.Code);
            Assert.Equal($"m{i}", (await NextAsync(lines))["object"]!["metadata"]!["name"]!.GetValue<string>());
        }

        // One byte a look takes far too little of what is in flight to count as reading; then the stream is broken, not merely silent and not at its end.
        var broken = await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            for (var one = new byte[1]; ; clock.Advance(options.StalledReaderTimeout)) await unread.ReadExactlyAsync(one, HttpFixture.Ct).AsTask().WaitAsync(HttpFixture.Bound, HttpFixture.Ct);
        });
        Assert.IsNotType<EndOfStreamException>(broken);
    }

    private static async Task<JsonNode> NextAsync(StreamReader lines) =>
        JsonNode.Parse((await lines.ReadLineAsync(HttpFixture.Ct).AsTask().WaitAsync(HttpFixture.Bound, HttpFixture.Ct))!)!;
}
