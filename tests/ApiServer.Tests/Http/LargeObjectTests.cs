using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Coxswain.ApiServer.Tests.Http;

/// <summary>Objects as large as they may be: their bodies are read another way than small ones.</summary>
public sealed class LargeObjectTests
{
    private static readonly string Text = string.Concat(Enumerable.Range(0, 9_000).Select(i => $"line {i} of \"a long\" text, é 😀\n"));

    [Theory]
    [InlineData("1.1", false)]
    [InlineData("1.1", true)]
    [InlineData("2.0", false)]
    [InlineData("2.0", true)]
    public async Task Create_LargeBody_IsStoredAsItCame(string version, bool chunked)
    {
        await using var server = await HttpFixture.StartAsync();
        var body = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "large" }, ["data"] = new JsonObject { ["text"] = Text } }.ToJsonString();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/namespaces/ns/configmaps") { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Content = new StreamContent(new Trickle(Encoding.UTF8.GetBytes(body)));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (!chunked) request.Content.Headers.ContentLength = Encoding.UTF8.GetByteCount(body);

        using var response = await server.Admin.SendAsync(request, HttpFixture.Ct);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var (_, stored) = await server.SendAsync(HttpMethod.Get, "/api/v1/namespaces/ns/configmaps/large");
        Assert.Equal(Text, (string)JsonNode.Parse(stored)!["data"]!["text"]!);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Delete, "/api/v1/namespaces/ns/configmaps")).Code);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, "/api/v1/namespaces/ns/configmaps/large")).Code);
    }

    /// <summary>Gives a few bytes at a time, and cannot tell its length.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 7_000)], cancellationToken);

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => CopyAsync(destination, cancellationToken);

        private async Task CopyAsync(Stream destination, CancellationToken ct)
        {
            var piece = new byte[7_000];
            while (await ReadAsync(piece, ct) is > 0 and var read) await destination.WriteAsync(piece.AsMemory(0, read), ct);
        }
    }
}
