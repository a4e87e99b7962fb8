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
        CheckAsync(HttpMethod.Post, path, System.Text.Encoding.UTF8.GetBytes(body), contentType, code, reason, message);

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
}
