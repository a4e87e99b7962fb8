using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Coxswain.Api;
using Coxswain.ApiServer.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Coxswain.ApiServer.Http;

/// <summary>
/// <c>/openapi/v3</c>: an index, and one document a group version; <c>/openapi/v2</c> for older clients. A document is put together from the built-in
/// schemas when it is first asked for, and kept compressed.
/// </summary>
internal sealed class OpenApiDocuments
{
    private const string V2Protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
    /// <summary>As upstream answers: what clients ask for is no media type that a strict parser accepts.</summary>
    private const string V2ProtobufAnswer = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
    private const string V3Prefix = "/openapi/v3/";

    private readonly Dictionary<string, List<ResourceEndpoint>> _versions;
    private readonly Dictionary<string, string> _hashes;
    private readonly ConcurrentDictionary<string, byte[]> _built = new(StringComparer.Ordinal);

    public OpenApiDocuments(IEnumerable<ResourceEndpoint> endpoints)
    {
        _versions = endpoints.GroupBy(e => RootOf(e.ServedType)).ToDictionary(g => g.Key, g => g.OrderBy(e => e.ServedType.Resource, StringComparer.Ordinal).ToList(), StringComparer.Ordinal);
        _hashes = _versions.ToDictionary(v => v.Key, v => HashOf(v.Value), StringComparer.Ordinal);
    }

    public ValueTask AnswerAsync(HttpContext http, string path, RequestQuery query, Responses responses)
    {
        if (path == "/openapi/v3") return responses.JsonAsync(http, 200, "application/json", Index());
        if (path == "/openapi/v2") return V2Async(http);
        if (!path.StartsWith(V3Prefix, StringComparison.Ordinal) || !_versions.TryGetValue(path[V3Prefix.Length..], out var endpoints))
        {
            Responses.PathNotFound(http);
            return ValueTask.CompletedTask;
        }
        Accepted.Of(http.Request.Headers.Accept);
        var root = path[V3Prefix.Length..];
        // The URL in the index names the content: whoever uses it may keep what comes back.
        if (query.Get("hash") == _hashes[root]) http.Response.Headers.CacheControl = "public, immutable";
        http.Response.Headers.ETag = $"\"{_hashes[root]}\"";
        return SendAsync(http, "application/json", Built(root, () => OpenApiV3.Write(endpoints)));
    }

    private ValueTask V2Async(HttpContext http)
    {
        var endpoints = _versions.Values.SelectMany(v => v);
        if (http.Request.Headers.Accept.ToString().Contains(V2Protobuf, StringComparison.Ordinal))
        {
            return SendAsync(http, V2ProtobufAnswer, Built("v2+protobuf", () => OpenApiV2.WriteProtobuf(endpoints)));
        }
        Accepted.Of(http.Request.Headers.Accept);
        return SendAsync(http, "application/json", Built("v2", () => OpenApiV2.WriteJson(endpoints)));
    }

    private byte[] Built(string name, Func<ReadOnlyMemory<byte>> make) => _built.GetOrAdd(name, _ =>
    {
        var compressed = new MemoryStream();
        using (var zip = new GZipStream(compressed, CompressionLevel.Fastest)) zip.Write(make().Span);
        return compressed.ToArray();
    });

    private static async ValueTask SendAsync(HttpContext http, string contentType, byte[] compressed)
    {
        http.Response.ContentType = contentType;
        http.Response.Headers.Vary = "Accept-Encoding, Accept";
        if (http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.Headers.ContentEncoding = "gzip";
            http.Response.ContentLength = compressed.Length;
            await http.Response.BodyWriter.WriteAsync(compressed, http.RequestAborted);
            return;
        }
        await using var zip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        await zip.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    private byte[] Index()
    {
        var entries = _hashes.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"\"{h.Key}\":{{\"serverRelativeURL\":\"{V3Prefix}{h.Key}?hash={h.Value}\"}}");
        return Encoding.ASCII.GetBytes($"{{\"paths\":{{{string.Join(',', entries)}}}}}");
    }

    /// <summary><c>api/v1</c>, <c>apis/apps/v1</c>.</summary>
    private static string RootOf(ResourceType type) => type.Group.Length == 0 ? $"api/{type.Version}" : $"apis/{type.ApiVersion}";

    private static string HashOf(IEnumerable<ResourceEndpoint> endpoints)
    {
        var text = string.Join(';', endpoints.Select(e => $"{e.ServedType}:{string.Join(',', e.Definition.Verbs)}:{string.Join(',', Subresources.Of(e).Select(s => s.Name))}"));
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(SchemaSet.Hash + text)));
    }
}
