using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Coxswain.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Coxswain.ApiServer.Http;

/// <summary>The server's half of the WebSocket handshake (RFC 6455, section 4.2).</summary>
internal static class WebSocketUpgrade
{
    private const string Magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Whether the request wants to become a WebSocket, well-formed or not.</summary>
    public static bool IsWanted(HttpRequest request) =>
        request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase)
        && request.Headers.Connection.ToString().Contains("upgrade", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the request says which page it comes from, as browsers do.</summary>
    public static bool HasOrigin(HttpRequest request) => Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out _);

    /// <param name="protocols">Those we speak, best first; null where none is agreed on, and the only one that is offered is as good as any.</param>
    /// <exception cref="StatusException">The request is no upgrade, or offers no protocol of ours.</exception>
    public static async Task<WebSocket> AcceptAsync(HttpContext http, IReadOnlyList<string>? protocols)
    {
        var request = http.Request.Headers;
        var upgrade = http.Features.Get<IHttpUpgradeFeature>();
        if (upgrade is not { IsUpgradableRequest: true } || !request.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase))
        {
            throw ApiErrors.BadRequest("Upgrade request required");
        }
        var key = request.SecWebSocketKey.ToString();
        if (key.Length == 0 || request.SecWebSocketVersion != "13") throw ApiErrors.BadRequest("unsupported WebSocket handshake");
        var offered = request.SecWebSocketProtocol.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var chosen = protocols is null
            ? offered is [var only] ? only : null
            : protocols.FirstOrDefault(p => offered.Contains(p, StringComparer.Ordinal))
            ?? throw ApiErrors.Forbidden(default, "", $"unable to negotiate a protocol: client supports [{string.Join(' ', offered)}], server supports [{string.Join(' ', protocols)}]");

        var response = http.Response.Headers;
        response.Connection = "Upgrade";
        response.Upgrade = "websocket";
        response.SecWebSocketAccept = AcceptValue(key);
        if (chosen is not null) response.SecWebSocketProtocol = chosen;
        var stream = await upgrade.UpgradeAsync();
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = chosen, KeepAliveInterval = TimeSpan.FromSeconds(30) });
    }

#pragma warning disable CA5350 // the handshake is not about secrets; RFC 6455 says SHA-1
    private static string AcceptValue(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Magic)));
#pragma warning restore CA5350
}
