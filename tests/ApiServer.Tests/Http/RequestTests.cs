namespace Coxswain.ApiServer.Tests.Http;

public sealed class RequestTests
{
    private const string ConfigMaps = "/api/v1/namespaces/ns/configmaps";

    [Fact]
    public async Task Get_Missing_AnswersUpstreamsBytes()
    {
        await using var server = await HttpFixture.StartAsync();
        using var response = await server.RequestAsync(HttpMethod.Get, $"{ConfigMaps}/none");

        Assert.Equal(404, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-cache, private", response.Headers.CacheControl?.ToString());
        Assert.True(response.Headers.Contains("Audit-Id"));
        Assert.Equal(
            """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"configmaps \"none\" not found","reason":"NotFound","details":{"name":"none","kind":"configmaps"},"code":404}""" + "\n",
            await response.Content.ReadAsStringAsync(HttpFixture.Ct));
    }

    [Fact]
    public async Task Create_ThenGet_SendsTheStoredObject()
    {
        await using var server = await HttpFixture.StartAsync();
        var created = await server.SendAsync(HttpMethod.Post, ConfigMaps, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"app"},"data":{"a":"b"}}""");
        var got = await server.SendAsync(HttpMethod.Get, $"{ConfigMaps}/app");

        Assert.Equal(201, created.Code);
        Assert.Equal((200, created.Body), got);
    }

    [Fact]
    public async Task Create_Yaml_IsConverted()
    {
        await using var server = await HttpFixture.StartAsync();
        var created = await server.SendAsync(HttpMethod.Post, ConfigMaps, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app\ndata:\n  a: b\n", "application/yaml");

        Assert.Equal(201, created.Code);
        Assert.Contains("\"data\":{\"a\":\"b\"}", created.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: [b", "application/yaml")]
    [InlineData("{\"a\":", "application/json")]
    [InlineData("", "application/json")]
    [InlineData("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{\"a\":7}}", "application/json")]
    public async Task Create_MalformedBody_IsABadRequest(string body, string contentType)
    {
        await using var server = await HttpFixture.StartAsync();
        var answer = await server.SendAsync(HttpMethod.Post, ConfigMaps, body, contentType);

        Assert.Equal(400, answer.Code);
        Assert.Contains("\"reason\":\"BadRequest\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_DeepNesting_IsABadRequestAndTheServerLives()
    {
        await using var server = await HttpFixture.StartAsync();
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 20_000)) + "1" + new string('}', 20_000);
        var answer = await server.SendAsync(HttpMethod.Post, ConfigMaps, deep);

        Assert.Equal(400, answer.Code);
        Assert.Equal((200, "ok"), await server.SendAsync(HttpMethod.Get, "/healthz"));
    }

    [Fact]
    public async Task Create_InvalidUtf8_IsABadRequest()
    {
        await using var server = await HttpFixture.StartAsync();
        byte[] body = [.. "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\""u8, 0xff, 0xfe, .. "\"}}"u8];
        using var response = await server.RequestAsync(HttpMethod.Post, ConfigMaps, body, "application/json");

        Assert.InRange((int)response.StatusCode, 400, 422);
    }

    [Fact]
    public async Task Create_FourMegabytes_IsTooLarge()
    {
        await using var server = await HttpFixture.StartAsync();
        var answer = await server.SendAsync(HttpMethod.Post, ConfigMaps, new string(' ', 4 * 1024 * 1024));

        Assert.Equal(413, answer.Code);
        Assert.Contains("\"message\":\"Request entity too large: limit is 3145728\",\"reason\":\"RequestEntityTooLarge\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_UnknownContentType_IsUnsupported()
    {
        await using var server = await HttpFixture.StartAsync();
        var answer = await server.SendAsync(HttpMethod.Post, ConfigMaps, "<a/>", "application/xml");

        Assert.Equal(415, answer.Code);
        Assert.Contains("the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_KubectlsProtobuf_IsTheSameAsJson()
    {
        await using var server = await HttpFixture.StartAsync();
        byte[] body =
        [
            .. "k8s\0"u8,
            0x0a, 0x0f, 0x0a, 0x02, .. "v1"u8, 0x12, 0x09, .. "ConfigMap"u8,
            0x12, 0x1b,
            0x0a, 0x0d, 0x0a, 0x03, .. "app"u8, 0x12, 0x00, 0x22, 0x00, 0x2a, 0x00, 0x38, 0x00, // metadata: zeros spelt out, as Go does
            0x12, 0x0a, 0x0a, 0x03, .. "key"u8, 0x12, 0x03, .. "abc"u8, // data: key = abc
            0x1a, 0x00, 0x22, 0x00,
        ];
        using var response = await server.RequestAsync(HttpMethod.Post, ConfigMaps, body, "application/vnd.kubernetes.protobuf", "application/vnd.kubernetes.protobuf,application/json");
        var text = await response.Content.ReadAsStringAsync(HttpFixture.Ct);

        Assert.Equal((201, "application/json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        Assert.Contains("\"name\":\"app\",\"namespace\":\"ns\"", text, StringComparison.Ordinal);
        Assert.Contains("\"data\":{\"key\":\"abc\"}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ProtobufOnly_IsNotAcceptable()
    {
        await using var server = await HttpFixture.StartAsync();
        await server.CreateConfigMapAsync("app");
        var answer = await server.SendAsync(HttpMethod.Get, $"{ConfigMaps}/app", accept: "application/vnd.kubernetes.protobuf");

        Assert.Equal(406, answer.Code);
        Assert.Contains("only the following media types are accepted: application/json, application/yaml", answer.Body, StringComparison.Ordinal);
    }

    /// <summary>By weight, and what is spelt out before a star; a shape that a resource never has is passed over.</summary>
    [Theory]
    [InlineData("application/yaml;q=0.5, application/json", "application/json")]
    [InlineData("application/json;q=0.5, application/yaml", "application/yaml")]
    [InlineData("*/*, application/yaml", "application/yaml")]
    [InlineData("application/*, application/yaml;q=0.1", "application/yaml")]
    [InlineData("application/yaml;q=x, application/json;q=0.1", "application/json")]
    [InlineData("text/html, *", "application/json")]
    [InlineData("application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io, application/yaml", "application/yaml")]
    public async Task Get_SeveralAccepted_TakesWhatIsLikedBest(string accept, string type)
    {
        await using var server = await HttpFixture.StartAsync();
        using var response = await server.RequestAsync(HttpMethod.Get, "/api/v1/namespaces/ns", accept: accept);

        Assert.Equal((200, type), ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString()));
    }

    [Fact]
    public async Task Get_Pretty_IsIndented()
    {
        await using var server = await HttpFixture.StartAsync();
        await server.CreateConfigMapAsync("app");
        var answer = await server.SendAsync(HttpMethod.Get, $"{ConfigMaps}/app?pretty=true");

        Assert.StartsWith("{\n  \"kind\": \"ConfigMap\",\n  \"apiVersion\": \"v1\",\n  \"metadata\": {\n    \"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Path_Unknown_IsPlainText()
    {
        await using var server = await HttpFixture.StartAsync();

        Assert.Equal((404, "404 page not found\n"), await server.SendAsync(HttpMethod.Get, "/nope"));
        Assert.Equal((404, "404 page not found\n"), await server.SendAsync(HttpMethod.Get, "/apis/none.example.com/v1/things"));
    }

    [Theory]
    [InlineData("GET", "/api/v1/namespaces/ns/things", 404, "the server could not find the requested resource")]
    [InlineData("GET", "/api/v1/namespaces/ns/configmaps/a/status", 404, "the server could not find the requested resource")]
    [InlineData("POST", "/api/v1/configmaps", 405, "the server does not allow this method on the requested resource")]
    [InlineData("GET", "/api/v1/namespaces/ns/bindings", 405, "the server does not allow this method on the requested resource")]
    [InlineData("POST", "/api/v1/bindings", 404, "the server could not find the requested resource")]
    [InlineData("PUT", "/api/v1/namespaces/ns/bindings/a", 404, "the server could not find the requested resource")]
    [InlineData("DELETE", "/api/v1/namespaces", 405, "the server does not allow this method on the requested resource")]
    [InlineData("PUT", "/api/v1/namespaces/ns/configmaps", 405, "the server does not allow this method on the requested resource")]
    public async Task Path_OfNoRoute_IsAStatus(string method, string path, int code, string message)
    {
        await using var server = await HttpFixture.StartAsync();
        var answer = await server.SendAsync(new HttpMethod(method), path, method == "GET" ? null : "{}");

        Assert.Equal(code, answer.Code);
        Assert.Contains($"\"message\":\"{message}\"", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_OddLimit_NamesTheValue()
    {
        await using var server = await HttpFixture.StartAsync();
        var answer = await server.SendAsync(HttpMethod.Get, $"{ConfigMaps}?limit=many");

        Assert.Equal(400, answer.Code);
        Assert.Contains("""strconv.ParseInt: parsing \"many\": invalid syntax""", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_OddDryRun_IsInvalid()
    {
        await using var server = await HttpFixture.StartAsync();
        var answer = await server.SendAsync(HttpMethod.Post, $"{ConfigMaps}?dryRun=Some", """{"metadata":{"name":"a"}}""");

        Assert.Equal(422, answer.Code);
        Assert.Contains("""CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"Some\"]: supported values: \"All""", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_UnknownField_Warns()
    {
        await using var server = await HttpFixture.StartAsync();
        using var response = await server.RequestAsync(HttpMethod.Post, ConfigMaps, """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"app"},"dataa":{}}""");

        Assert.Equal(["299 - \"unknown field \\\"dataa\\\"\""], response.Headers.GetValues("Warning"));
    }

    [Fact]
    public async Task List_LargeAndGzip_IsCompressed()
    {
        await using var server = await HttpFixture.StartAsync(new() { CompressOnLoopback = true });
        for (var i = 0; i < 3; i++)
        {
            await server.SendAsync(HttpMethod.Post, ConfigMaps, $$$"""{"metadata":{"name":"big{{{i}}}"},"data":{"a":"{{{new string('x', 100_000)}}}"}}""");
        }
        using var request = new HttpRequestMessage(HttpMethod.Get, ConfigMaps) { Headers = { { "Accept-Encoding", "gzip" } } };
        using var response = await server.Admin.SendAsync(request, HttpFixture.Ct);

        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.InRange((await response.Content.ReadAsByteArrayAsync(HttpFixture.Ct)).Length, 100, 20_000);
    }
}
