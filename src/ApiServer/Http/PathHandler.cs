using System.Text;
using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary>Answers what is no resource: health, version, discovery, OpenAPI, the token keys.</summary>
internal sealed class PathHandler
{
    private readonly Responses _responses;
    private readonly Health _health;
    private readonly SnapshotHandler _snapshots;
    private readonly DiscoveryDocuments _discovery;
    private readonly OpenApiDocuments _openApi;
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _fixed;

    public PathHandler(ApiServerCore core, ServiceAccountTokens tokens, Responses responses, Health health, SnapshotHandler snapshots)
    {
        (_health, _snapshots) = (health, snapshots);
        _responses = responses;
        _discovery = new DiscoveryDocuments(core.Endpoints);
        _openApi = new OpenApiDocuments(core.Endpoints);
        _fixed = new Dictionary<string, ReadOnlyMemory<byte>>(_discovery.Documents, StringComparer.Ordinal)
        {
            ["/version"] = VersionDocument.Json,
            ["/openid/v1/jwks"] = tokens.KeySetJson(),
            ["/.well-known/openid-configuration"] = Encoding.ASCII.GetBytes(
                $"{{\"issuer\":\"{tokens.Issuer}\",\"jwks_uri\":\"{tokens.Issuer}/openid/v1/jwks\",\"response_types_supported\":[\"id_token\"],\"subject_types_supported\":[\"public\"],\"id_token_signing_alg_values_supported\":[\"ES256\"]}}"),
        };
        _fixed["/"] = RootDocument();
    }

    public async ValueTask HandleAsync(HttpContext http, string path, RequestQuery query)
    {
        if (path.Length > 1) path = path.TrimEnd('/');
        if (Health.Knows(path))
        {
            await _health.AnswerAsync(http, path, query);
            return;
        }
        if (path == SnapshotHandler.Path)
        {
            await _snapshots.AnswerAsync(http);
            return;
        }
        var openApi = path.StartsWith("/openapi/", StringComparison.Ordinal);
        if (!openApi && !_fixed.ContainsKey(path))
        {
            Responses.PathNotFound(http);
            return;
        }
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)) throw ApiErrors.MethodNotAllowed();
        if (openApi) await _openApi.AnswerAsync(http, path, query, _responses);
        else await DocumentAsync(http, path);
    }

    private ValueTask DocumentAsync(HttpContext http, string path)
    {
        var accepted = Accepted.OfDiscovery(http.Request.Headers.Accept);
        if (accepted.Shape == AnswerShape.Discovery && _discovery.Aggregated(path, accepted.Version) is { } aggregated)
        {
            http.Response.Headers.Vary = "Accept";
            return _responses.JsonAsync(http, 200, accepted.ContentType, aggregated);
        }
        return _responses.JsonAsync(http, 200, "application/json", path == "/version" ? PrettyJson.Indent(_fixed[path].Span) : _fixed[path]);
    }

    private byte[] RootDocument()
    {
        var paths = _fixed.Keys.Concat(Health.Paths).Concat(["/openapi/v2", "/openapi/v3", SnapshotHandler.Path]).Order(StringComparer.Ordinal);
        return Encoding.ASCII.GetBytes($"{{\"paths\":[{string.Join(',', paths.Select(p => $"\"{p}\""))}]}}");
    }
}
