using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.ApiServer.Http;
using k8s.Models;

namespace Coxswain.ApiServer.Tests.Http.Limits;

public sealed class RequestDeadlineTests
{
    private const string ConfigMaps = "/api/v1/namespaces/ns/configmaps";
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    /// <summary>Requests wait for this one: it never is ready.</summary>
    private static ApiServerOptions Never => new() { OpenWhen = new TaskCompletionSource().Task };

    [Theory]
    [InlineData("?timeout=100ms")]
    [InlineData("?timeout=0.1s&limit=500")]
    public async Task Request_ThatTakesTooLong_EndsAsUpstreamEndsIt(string query)
    {
        await using var server = await HttpFixture.StartAsync(Never);
        using var response = await server.RequestAsync(HttpMethod.Get, ConfigMaps + query);
        await ExpiredAsync(response);
    }

    [Fact]
    public async Task Request_WithoutATimeoutOfItsOwn_EndsAfterTheServers()
    {
        await using var server = await HttpFixture.StartAsync(Never with { RequestTimeout = Short });
        using var response = await server.RequestAsync(HttpMethod.Get, $"{ConfigMaps}?timeout=10m");
        await ExpiredAsync(response);
    }

    private static async Task ExpiredAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("""{"metadata":{},"status":"Failure","message":"Timeout: request did not complete within the allotted timeout","reason":"Timeout","details":{},"code":504}""" + "\n",
            await response.Content.ReadAsStringAsync(HttpFixture.Ct));
    }

    [Theory]
    [InlineData("abc", "time: invalid duration \"abc\"")]
    [InlineData("10", "time: missing unit in duration \"10\"")]
    [InlineData("10x", "time: unknown unit \"x\" in duration \"10x\"")]
    [InlineData("1m.s", "time: invalid duration \"1m.s\"")]
    [InlineData("-", "time: invalid duration \"-\"")]
    public async Task Timeout_ThatIsNoDuration_IsABadRequest(string timeout, string why)
    {
        await using var server = await HttpFixture.StartAsync();
        foreach (var client in (HttpClient[])[server.Admin, server.ClientWith(null)]) // asked before anybody is asked who they are
        {
            var (code, body) = await server.SendAsync(HttpMethod.Get, $"{ConfigMaps}?timeout={timeout}", by: client);
            var status = JsonNode.Parse(body)!;
            Assert.Equal((400, "BadRequest", $"invalid timeout specified in the request URL - {why}"), (code, (string?)status["reason"], (string?)status["message"]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("999h")]
    public async Task Timeout_OfNothingOrMoreThanTheServers_ChangesNothing(string timeout)
    {
        await using var server = await HttpFixture.StartAsync();
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, $"{ConfigMaps}?timeout={timeout}")).Code);
    }

    [Fact]
    public async Task Watch_OutlivesTheDeadline()
    {
        await using var server = await HttpFixture.StartAsync(new ApiServerOptions { RequestTimeout = Short, BodyGrace = HttpFixture.Bound });
        using var watch = await server.RequestAsync(HttpMethod.Get, $"{ConfigMaps}?watch=true&timeout=1ms");
        using var lines = new StreamReader(await watch.Content.ReadAsStreamAsync(HttpFixture.Ct));

        using var held = new HeldBody("{"u8.ToArray(), "}"u8.ToArray());
        using var expired = await PostAsync(server, held); // by then the deadline has passed
        Assert.Equal(HttpStatusCode.GatewayTimeout, expired.StatusCode);

        await server.CreateConfigMapAsync("late");
        Assert.Contains("\"name\":\"late\"", await lines.ReadLineAsync(HttpFixture.Ct).AsTask().WaitAsync(HttpFixture.Bound, HttpFixture.Ct), StringComparison.Ordinal);
    }

    /// <summary>Over HTTP/2, where other requests share the connection and go on.</summary>
    [Fact]
    public async Task Body_ThatStopsHalfway_EndsItsRequestAlone()
    {
        await using var server = await HttpFixture.StartAsync(new ApiServerOptions { BodyGrace = Short });
        using var watch = await server.RequestAsync(HttpMethod.Get, $"{ConfigMaps}?watch=true");
        using var lines = new StreamReader(await watch.Content.ReadAsStreamAsync(HttpFixture.Ct));

        using var held = new HeldBody("{\"metadata\":"u8.ToArray(), "{}}"u8.ToArray());
        using var response = await PostAsync(server, held);

        var status = JsonNode.Parse(await response.Content.ReadAsStringAsync(HttpFixture.Ct))!;
        Assert.Equal((HttpStatusCode.RequestTimeout, "Timeout", "the request's body came too slowly: at least 240 bytes a second are needed"),
            (response.StatusCode, (string?)status["reason"], (string?)status["message"]));
        await server.CreateConfigMapAsync("next");
        Assert.Contains("\"name\":\"next\"", await lines.ReadLineAsync(HttpFixture.Ct).AsTask().WaitAsync(HttpFixture.Bound, HttpFixture.Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_ThatComesInPieces_IsTaken()
    {
        await using var server = await HttpFixture.StartAsync();
        using var held = new HeldBody("{\"metadata\":{\"name\":"u8.ToArray(), "\"pieces\"}}"u8.ToArray());
        var response = PostAsync(server, held);
        await held.HeadSent.WaitAsync(HttpFixture.Bound, HttpFixture.Ct);
        held.LetGo();
        using (await response) Assert.Equal(HttpStatusCode.Created, (await response).StatusCode);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, $"{ConfigMaps}/pieces")).Code);
    }

    /// <summary>A list that is asked for and not read would keep what it shows in memory, and its place among the requests in flight.</summary>
    [Fact]
    public async Task Answer_ThatIsNotRead_IsBrokenOff()
    {
        await using var server = await HttpFixture.StartAsync(new ApiServerOptions { RequestTimeout = Short });
        for (var i = 0; i < 24; i++)
        {
            var data = new Dictionary<string, string> { ["a"] = new('x', 1_000_000) };
            await server.Client.CreateAsync(Kinds.ConfigMaps, new V1ConfigMap { Metadata = new V1ObjectMeta { Name = $"big{i}", NamespaceProperty = "ns" }, Data = data }, HttpFixture.Ct);
        }
        using var socket = new TcpClient { ReceiveBufferSize = 64 * 1024 };
        await socket.ConnectAsync(server.Address.Host, server.Address.Port, HttpFixture.Ct);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(server.Tls(server.Pki.AdminCertificate), HttpFixture.Ct);
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET {ConfigMaps} HTTP/1.1\r\nHost: x\r\n\r\n"), HttpFixture.Ct);
        await tls.ReadExactlyAsync(new byte[1], HttpFixture.Ct); // it is being answered
        for (var i = 0; i < 2; i++) // each takes as long as the request may
        {
            using var held = new HeldBody("{"u8.ToArray(), "}"u8.ToArray());
            using var expired = await PostAsync(server, held);
            Assert.Equal(HttpStatusCode.GatewayTimeout, expired.StatusCode);
        }
        Assert.InRange(await RestAsync(tls), 1, 20_000_000);
    }

    /// <summary>How many bytes still come.</summary>
    private static async Task<long> RestAsync(SslStream stream)
    {
        var (total, buffer) = (0L, new byte[64 * 1024]);
        try
        {
            while (await stream.ReadAsync(buffer, HttpFixture.Ct).AsTask().WaitAsync(HttpFixture.Bound, HttpFixture.Ct) is > 0 and var count) total += count;
        }
        catch (IOException) { } // broken off
        return total;
    }

    /// <summary>Over HTTP/1.1, a crowd of them: all are sent away, and their connections are not used again.</summary>
    [Fact]
    public async Task Bodies_ThatStopHalfway_HoldNothing()
    {
        using var logs = new Fuzz.ErrorLogs();
        await using var server = await HttpFixture.StartAsync(new ApiServerOptions { BodyGrace = Short }, logging: logs);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => HalfAsync(server))).WaitAsync(HttpFixture.Bound, HttpFixture.Ct);
        Assert.All(answers, answer => Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal));
        Assert.All(answers, answer => Assert.Contains("Connection: close", answer, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, ConfigMaps)).Code);
        Assert.Empty(logs.Errors);
    }

    /// <summary>The server's whole answer; the connection is closed some seconds later, should the rest still come.</summary>
    private static async Task<string> HalfAsync(HttpFixture server)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Address.Host, server.Address.Port, HttpFixture.Ct);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(server.Tls(server.Pki.AdminCertificate), HttpFixture.Ct);
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"POST {ConfigMaps} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"), HttpFixture.Ct);
        var (answer, buffer) = ("", new byte[4096]);
        while (!answer.EndsWith("}\n", StringComparison.Ordinal) && await tls.ReadAsync(buffer, HttpFixture.Ct) is > 0 and var count) answer += Encoding.ASCII.GetString(buffer, 0, count);
        return answer;
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpFixture server, HttpContent body)
    {
        body.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, ConfigMaps) { Content = body, Version = HttpVersion.Version20 };
        return await server.Admin.SendAsync(request, HttpFixture.Ct).WaitAsync(HttpFixture.Bound, HttpFixture.Ct);
    }
}
