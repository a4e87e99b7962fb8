using System.Net;
using System.Text;

namespace Coxswain.ApiServer.Tests.Http;

/// <summary>
/// Bodies that were sound once, with bytes and parts of them changed at random. Whatever they say, the answer blames the caller or does as told; the server's
/// own failure (500) is never the answer. The seeds are fixed: what fails once fails again.
/// </summary>
public sealed class HostileBodyTests
{
    private const int Rounds = 400;

    private static readonly string[] Pieces =
    [
        "null", "{}", "[]", "\"\"", "-1", "1e400", "99999999999999999999", "0.1", "true", "\"\\ud800\"", "\"\\u0000\"", "[[[[[[", "{\"a\":", "\u0001", "é", "\ufeff", "*a", "&a [*a, *a]",
        "!!binary x", "? ", "- - - -", "\t", "---\n", "%YAML 9.9\n", "\"metadata\":null", "\"labels\":{\"a/b/c\":1}", "\"$patch\":\"delete\"", "\"$retainKeys\":[1]",
        "\"$setElementOrder/containers\":[{}]", "\"$deleteFromPrimitiveList/finalizers\":7", "\"finalizers\":[null]", "\"ownerReferences\":[{}]", "\"quantity\":\"1ee9\"",
    ];

    private const string Pod = """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"NAME","labels":{"a":"b"},"annotations":{"x":"y"}},"spec":{"nodeSelector":{"a":"b"},"volumes":[{"name":"v","configMap":{"name":"m",
        "items":[{"key":"k","path":"p","mode":420}]}},{"name":"e","emptyDir":{"medium":"Memory","sizeLimit":"1Mi"}}],"containers":[{"name":"c","image":"i","command":["a","$(B)"],"ports":[{"containerPort":80,
        "name":"http"}],"env":[{"name":"B","value":"1"},{"name":"C","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}}],"resources":{"limits":{"cpu":"100m","memory":"1Gi"}},"volumeMounts":[{"name":"v",
        "mountPath":"/m","subPath":"p"}],"livenessProbe":{"httpGet":{"path":"/","port":"http"},"periodSeconds":3}}],"tolerations":[{"key":"k","operator":"Exists","effect":"NoExecute","tolerationSeconds":5}]}}
        """;

    private const string Deployment = """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"NAME"},"spec":{"replicas":3,"selector":{"matchLabels":{"a":"b"},"matchExpressions":[{"key":"a","operator":"In","values":["b"]}]},
        "strategy":{"rollingUpdate":{"maxSurge":"25%","maxUnavailable":1}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}
        """;

    private const string Service = """
        {"apiVersion":"v1","kind":"Service","metadata":{"name":"NAME"},"spec":{"selector":{"a":"b"},"ports":[{"name":"p","port":80,"targetPort":"http"},{"name":"q","port":81,"targetPort":8080}]}}
        """;

    private const string ConfigMap = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"NAME"},"data":{"a":"b","c":"d"},"binaryData":{"e":"AAEC"}}""";

    public static TheoryData<string, string> Kinds => new() { { "/api/v1/namespaces/ns/pods", Pod }, { "/apis/apps/v1/namespaces/ns/deployments", Deployment }, { "/api/v1/namespaces/ns/services", Service }, { "/api/v1/namespaces/ns/configmaps", ConfigMap } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task MutatedBodies_AreTheCallersFault(string path, string sound)
    {
        await using var server = await HttpFixture.StartAsync();
        await server.SendAsync(HttpMethod.Post, "/api/v1/namespaces/ns/serviceaccounts", """{"metadata":{"name":"default"}}"""); // Pods ask for it
        var kept = sound.Replace("NAME", "kept", StringComparison.Ordinal);
        var made = await server.SendAsync(HttpMethod.Post, path, kept);
        Assert.True(made.Code == 201, made.Body);
        var random = new Random(path.Length);
        for (var round = 0; round < Rounds; round++)
        {
            var body = Mutate(random, Encoding.UTF8.GetBytes(sound.Replace("NAME", $"n{round}", StringComparison.Ordinal)));
            await NotTheServersFaultAsync(server, HttpMethod.Post, path, body, random.Next(4) switch { 0 => "application/yaml", 1 => "application/vnd.kubernetes.protobuf", _ => "application/json" });
            var change = Mutate(random, Encoding.UTF8.GetBytes(kept));
            await NotTheServersFaultAsync(server, HttpMethod.Put, $"{path}/kept", change, "application/json");
            var patch = random.Next(3) switch { 0 => "application/merge-patch+json", 1 => "application/strategic-merge-patch+json", _ => "application/json-patch+json" };
            if (patch == "application/json-patch+json") change = Mutate(random, """[{"op":"test","path":"/metadata/name","value":"kept"},{"op":"replace","path":"/metadata/labels","value":{"a":"c"}},{"op":"move","from":"/spec","path":"/spec/x"},{"op":"remove","path":"/data/~1~0"}]"""u8.ToArray());
            await NotTheServersFaultAsync(server, HttpMethod.Patch, $"{path}/kept", change, patch);
        }
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Get, $"{path}/kept")).Code); // nothing is lost
    }

    private static async Task NotTheServersFaultAsync(HttpFixture server, HttpMethod method, string path, byte[] body, string contentType)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var response = await server.Admin.SendAsync(request, HttpFixture.Ct);
        var answer = await response.Content.ReadAsStringAsync(HttpFixture.Ct);
        if (response.StatusCode == HttpStatusCode.InternalServerError && answer.Contains("\"reason\":\"InternalError\"", StringComparison.Ordinal)) // without a reason it is one of upstream's own, which has a message that helps
        {
            Assert.Fail($"{method} {path} as {contentType}\n{Encoding.UTF8.GetString(body)}\n{Convert.ToBase64String(body)}\n{answer}");
        }
    }

    private static byte[] Mutate(Random random, byte[] body)
    {
        var bytes = body.ToList();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)])); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 4: ReplaceValue(random, bytes, at); break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
            if (bytes.Count == 0) return [];
        }
        return [.. bytes];
    }

    /// <summary>Puts another value after the next colon.</summary>
    private static void ReplaceValue(Random random, List<byte> bytes, int at)
    {
        var colon = bytes.IndexOf((byte)':', at);
        if (colon < 0) return;
        var end = bytes.FindIndex(colon + 1, b => b is (byte)',' or (byte)'}' or (byte)']');
        if (end > colon) bytes.RemoveRange(colon + 1, end - colon - 1);
        bytes.InsertRange(colon + 1, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
    }
}
