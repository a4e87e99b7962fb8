using System.Buffers.Text;
using System.Text;

namespace Coxswain.ApiServer.Tests.Http.Fuzz;

/// <summary>
/// Requests put together at random from parts that mean something, with bytes changed: paths, queries, tokens, headers, bodies of every content type. The answer blames the caller or
/// does as told; the server never fails, and logs no error. The seed is fixed: what fails once fails again.
/// </summary>
public sealed class RequestFuzzTests
{
    private const int Rounds = 3000;

    private static readonly string[] Paths =
    [
        "/api/v1/namespaces/ns/configmaps", "/api/v1/namespaces/ns/configmaps/there", "/api/v1/namespaces/ns/pods", "/api/v1/namespaces/ns/pods/p", "/api/v1/namespaces/ns/pods/p/status",
        "/api/v1/namespaces/ns/pods/p/log", "/api/v1/namespaces/ns/pods/p/exec", "/api/v1/namespaces/ns/pods/p/binding", "/api/v1/nodes", "/api/v1/namespaces/ns", "/api/v1/namespaces/ns/finalize",
        "/apis/apps/v1/namespaces/ns/deployments", "/apis/apps/v1/namespaces/ns/deployments/d/scale", "/apis/events.k8s.io/v1/events", "/api/v1/watch/namespaces/ns/configmaps",
        "/api/v1/namespaces/ns/serviceaccounts/there/token", "/apis/authorization.k8s.io/v1/subjectaccessreviews", "/apis/authentication.k8s.io/v1/tokenreviews", "/apis", "/api", "/version",
        "/openapi/v2", "/openapi/v3/api/v1", "/readyz", "/", "/api/v1/namespaces/%2e%2e/configmaps", "/apis/apps/v1beta2/namespaces/ns/deployments",
    ];

    private static readonly string[] Methods = ["GET", "GET", "POST", "PUT", "PATCH", "PATCH", "DELETE", "HEAD", "OPTIONS"];

    private static readonly string[] Parameters =
    [
        "watch=true", "timeoutSeconds=1", "timeout=1s", "timeout=9x", "limit=1", "limit=-1", "limit=99999999999999999999", "continue=TOKEN", "resourceVersion=0", "resourceVersion=-1", "resourceVersion=1e3",
        "resourceVersionMatch=Exact", "labelSelector=a+in+(b,c),!d", "labelSelector=a%3D%3D(", "fieldSelector=metadata.name%3Dthere", "fieldSelector=spec.x%3D%5C", "pretty=true", "dryRun=All", "dryRun=x",
        "fieldManager=%00", "fieldValidation=Strict", "includeObject=Object", "sendInitialEvents=true", "allowWatchBookmarks=1", "gracePeriodSeconds=-5", "propagationPolicy=Orphan", "container=c", "tailLines=x",
        "sinceTime=2026", "command=a", "stdin=1", "stdout=1", "verbose", "exclude=ping", "%zz=1", "force=true", "orphanDependents=true", "uid=x",
        "gracePeriodSeconds=9223372036854775807", "sinceSeconds=9223372036854775807", "sinceSeconds=1", "limitBytes=9223372036854775807", "tailLines=9223372036854775807", "timeoutSeconds=9223372036854775807",
    ];

    private static readonly string[] Accepts =
    [
        "application/json", "application/yaml", "*/*", "application/json;as=Table;v=v1;g=meta.k8s.io", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
        "application/vnd.kubernetes.protobuf", "application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io", "text/plain;q=0.1, application/json;q=x", ";;;,,,/", "application/json;as=Table;v=v1beta1;g=meta.k8s.io;q=1e400",
    ];

    private static readonly string[] ContentTypes =
    [
        "application/json", "application/yaml", "application/vnd.kubernetes.protobuf", "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml",
        "application/json; charset=latin1", "multipart/form-data; boundary=x", "text/plain",
    ];

    private static readonly string[] Headers =
    [
        "Impersonate-User: x", "Impersonate-Group: system:masters", "Impersonate-Extra-%zz: a", "Audit-Id: \t", "Authorization: Bearer a.b.c", "Authorization: Basic eDp5", "Content-Encoding: gzip", "If-None-Match: \"a\"", "Accept-Encoding: gzip",
        "User-Agent: curl/8", "Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.!!, x", "Range: bytes=0-1",
    ];

    private static readonly byte[][] Bodies =
    [
        .. ((string[])[
            "{\"metadata\":{\"name\":\"NAME\",\"labels\":{\"a\":\"b\"}},\"data\":{\"k\":\"v\"},\"binaryData\":{\"b\":\"AAEC\"}}",
            "{\"metadata\":{\"name\":\"NAME\",\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"p\",\"uid\":\"u\"}]},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"resources\":{\"limits\":{\"cpu\":\"1e3\"}}}],\"tolerations\":[{\"operator\":\"Exists\"}]}}",
            "{\"spec\":{\"replicas\":1,\"selector\":{\"matchLabels\":{\"a\":\"b\"}},\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}},\"metadata\":{\"name\":\"NAME\"}}",
            "[{\"op\":\"copy\",\"from\":\"/metadata\",\"path\":\"/data\"},{\"op\":\"add\",\"path\":\"/metadata/labels/x~1y\",\"value\":\"1\"},{\"op\":\"test\",\"path\":\"/kind\",\"value\":\"Pod\"},{\"op\":\"move\",\"from\":\"/data\",\"path\":\"/spec\"}]",
            "{\"metadata\":{\"$patch\":\"merge\",\"finalizers\":[\"a/b\"],\"$setElementOrder/finalizers\":[\"a/b\"],\"$deleteFromPrimitiveList/finalizers\":[\"c/d\"]},\"$retainKeys\":[\"metadata\"]}",
            "metadata: &m\n  name: NAME\n  labels: {<<: {a: b}, c: \"d\"}\ndata:\n  k: |\n    text\n  l: 0x1F\nx: *m\n",
            "{\"spec\":{\"token\":\"a.b.c\",\"audiences\":[\"x\"],\"expirationSeconds\":600,\"user\":\"u\",\"resourceAttributes\":{\"verb\":\"get\",\"resource\":\"pods\"}}}",
            "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"gracePeriodSeconds\":9223372036854775807,\"preconditions\":{\"uid\":\"u\"},\"propagationPolicy\":\"Background\"}",
            "{\"target\":{\"name\":\"n1\"},\"metadata\":{\"name\":\"p\"}}",
        ]).Select(Encoding.UTF8.GetBytes),
        ProtobufPieces.ConfigMap("NAME"), ProtobufPieces.ConfigMap("NAME"), ProtobufPieces.Pod("NAME"), ProtobufPieces.Pod("NAME"), [],
    ];

    private static readonly string[] Tokens = ["{\"v\":\"meta.k8s.io/v1\",\"rv\":1,\"start\":\"ns/a\\u0000\"}", "{\"v\":\"meta.k8s.io/v1\",\"rv\":-1,\"start\":\"../x\"}", "{\"v\":[[[[]]]],\"rv\":1e3}"];

    private static readonly string[] Pieces = ["null", "{}", "[", "\"", "-1", "1e999", "\\ud800", "\\u0000", "\u0001", "é", "&a ", "*a", "<<: ", "!!binary ", "- ", "\t", "\n", "%", "/", "~1", ":", ",", "9999999999999999999999", "9223372036854775807", "1e2147483639", "1e-2147483648"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Request_OfAnyForm_IsNeverTheServersFault(int seed)
    {
        using var logs = new ErrorLogs();
        await using var server = await HttpFixture.StartAsync(logging: logs);
        await server.CreateConfigMapAsync("there");
        await server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/ns/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}");
        await server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/ns/pods", "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}");
        var random = new Random(seed);
        for (var round = 0; round < Rounds / 2; round++)
        {
            var made = Make(random, round, server.Address);
            using var request = made.Request;
            if (await FaultAsync(server, request) is { } fault) Assert.Fail($"round {round}: {request.Method} {request.RequestUri} {request.Headers} {made.Body}\n{fault}");
            if (!logs.Errors.IsEmpty) Assert.Fail($"round {round}: {request.Method} {request.RequestUri} {request.Headers} {made.Body}\n{string.Join('\n', logs.Errors)}");
        }
        Assert.Equal((200, "ok"), await server.SendAsync(HttpMethod.Get, "/healthz"));
    }

    private static async Task<string?> FaultAsync(HttpFixture server, HttpRequestMessage request)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(HttpFixture.Ct);
        limit.CancelAfter(HttpFixture.Bound);
        using var response = await server.Admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        if ((int)response.StatusCode != 500) return null; // a watch may go on; it is not read
        var answer = await response.Content.ReadAsStringAsync(limit.Token);
        return answer.Contains("\"reason\":\"InternalError\"", StringComparison.Ordinal) && !answer.Contains("no way to node", StringComparison.Ordinal) ? answer : null; // without a reason it is one of upstream's own
    }

    private static (HttpRequestMessage Request, string Body) Make(Random random, int round, Uri server)
    {
        var path = Maybe(random, 8, Pick(random, Paths));
        var query = string.Join('&', Enumerable.Range(0, random.Next(4)).Select(_ => Maybe(random, 6, Pick(random, Parameters))));
        query = query.Replace("TOKEN", Base64Url.EncodeToString(Mutate(random, Encoding.UTF8.GetBytes(Pick(random, Tokens)))), StringComparison.Ordinal);
        var request = new HttpRequestMessage(new HttpMethod(Pick(random, Methods)), new Uri($"https://{server.Authority}{Escape($"{path}?{query}")}")) { Version = new Version(2, 0) };
        request.Headers.TryAddWithoutValidation("Accept", Pick(random, Accepts));
        if (random.Next(4) == 0 && Pick(random, Headers).Split(": ", 2) is [var name, var value]) request.Headers.TryAddWithoutValidation(name, value);
        if (request.Method.Method is "GET" or "HEAD" or "OPTIONS") return (request, "");
        var body = Pick(random, Bodies);
        body = Replace(body, "NAME", $"n{round:000}"); // as long as the name it stands for, so that lengths still hold
        if (random.Next(4) > 0) body = Mutate(random, body);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", ContentTypeFor(random, body));
        return (request, Convert.ToBase64String(body));
    }

    private static string ContentTypeFor(Random random, byte[] body) => random.Next(3) == 0 ? Pick(random, ContentTypes)
        : body.AsSpan().StartsWith("k8s\0"u8) ? "application/vnd.kubernetes.protobuf"
        : body.AsSpan().StartsWith("["u8) ? "application/json-patch+json"
        : body.AsSpan().StartsWith("metadata:"u8) ? "application/yaml"
        : random.Next(2) == 0 ? "application/json" : ContentTypes[random.Next(4, 6)];

    private static byte[] Mutate(Random random, byte[] body)
    {
        var bytes = body.ToList();
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pick(random, Pieces))); break;
                case 2: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at))); break;
                default: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            }
        }
        return [.. bytes];
    }

    private static string Maybe(Random random, int oneIn, string text)
    {
        if (random.Next(oneIn) > 0) return text;
        var at = random.Next(text.Length + 1);
        return random.Next(2) == 0 ? text.Insert(at, Pick(random, Pieces)) : text[..at];
    }

    private static byte[] Replace(byte[] body, string what, string by)
    {
        var at = body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(what));
        return at < 0 ? body : [.. body[..at], .. Encoding.UTF8.GetBytes(by), .. body[(at + what.Length)..]];
    }

    /// <summary>What no client lets through: the server's own reading begins behind that.</summary>
    private static string Escape(string url)
    {
        var text = new StringBuilder(url.Length);
        foreach (var c in url.StartsWith('/') ? url : "/" + url)
        {
            if (c is > ' ' and < '\x7f' and not ('"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}' or '#')) text.Append(c);
            else foreach (var b in Encoding.UTF8.GetBytes(c.ToString())) text.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
