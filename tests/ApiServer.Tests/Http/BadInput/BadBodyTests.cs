using System.IO.Compression;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Coxswain.ApiServer.Tests.Http.BadInput;

public sealed class BadBodyTests(Refusals refusals) : IClassFixture<Refusals>
{
    private const string ConfigMaps = Refusals.ConfigMaps;
    private const string Unrecognized = "the object provided is unrecognized (must be of type ConfigMap): ";
    private const string Meta = "struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }";
    private const string Protobuf = "application/vnd.kubernetes.protobuf";

    [Theory]
    [InlineData("", "unexpected end of JSON input (<empty>)")]
    [InlineData("{\"a\":", "unexpected end of JSON input ({\"a\":)")]
    [InlineData("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",x}", "invalid character 'x' looking for beginning of object key string ({\"apiVersion\":\"v1\",\"kind\":\"Con ...)")]
    [InlineData("[]", "json: cannot unmarshal array into Go value of type " + Meta + " (5b5d)")]
    [InlineData("7", "json: cannot unmarshal number into Go value of type " + Meta + " (37)")]
    public Task Post_MalformedJson_ShowsItsHead(string body, string why) =>
        refusals.PostAsync(ConfigMaps, body, 400, "BadRequest", $"{Unrecognized}couldn't get version/kind; json parse error: {why}");

    [Theory]
    [InlineData("a: b: c", "yaml: line 1: mapping values are not allowed in this context (613a20623a2063)")]
    [InlineData("a: &a [*a]", "yaml: line 1: anchor 'a' value contains itself (613a202661205b2a615d)")]
    [InlineData("- a", "couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type " + Meta + " (2d2061)")]
    public Task Post_MalformedYaml_ShowsItsHead(string body, string why) => refusals.PostAsync(ConfigMaps, body, 400, "BadRequest", Unrecognized + why, "application/yaml");

    [Fact]
    public Task Post_YamlThatMultiplies_IsRefused()
    {
        var text = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 9; i++) text.Append('a').Append(i).Append(": &a").Append(i).Append(" [").AppendJoin(',', Enumerable.Repeat($"*a{i - 1}", 10)).Append("]\n");
        return refusals.PostAsync(ConfigMaps, text.ToString(), 400, "BadRequest",
            Unrecognized + "yaml: document contains excessive aliasing (61303a20266130205b782c782c782c782c782c782c782c782c782c785d0a ...)", "application/yaml");
    }

    [Theory]
    [InlineData("{\"a\":", "application/json", "couldn't get version/kind; json parse error: exceeded max depth ({\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\": ...)")]
    [InlineData("[", "application/json", "couldn't get version/kind; json parse error: exceeded max depth (5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b ...)")]
    [InlineData("[", "application/yaml", "yaml: line 1: exceeded max depth (5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b5b ...)")]
    public Task Post_DeepNesting_IsRefused(string level, string contentType, string why) =>
        refusals.PostAsync(ConfigMaps, string.Concat(Enumerable.Repeat(level, 50_000)), 400, "BadRequest", Unrecognized + why, contentType);

    [Theory]
    [InlineData("POST", "application/json")]
    [InlineData("PUT", "application/yaml")]
    [InlineData("PATCH", "application/merge-patch+json")]
    [InlineData("DELETE", "application/json")]
    public Task Any_FourMegabytes_IsTooLarge(string method, string contentType)
    {
        var path = method == "POST" ? ConfigMaps : $"{ConfigMaps}/there";
        return refusals.CheckAsync(new HttpMethod(method), path, new byte[4 << 20], contentType, 413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728");
    }

    [Theory]
    [InlineData("""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"data":{"a":7}}""", ConfigMaps, "ConfigMap", "json: cannot unmarshal number into Go struct field ConfigMap.data of type string")]
    [InlineData("""{"metadata":{"name":"a","labels":"x"}}""", ConfigMaps, "ConfigMap", "json: cannot unmarshal string into Go struct field ObjectMeta.metadata.labels of type map[string]string")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"containers":[{"name":"c","ports":[{"containerPort":"80"}]}]}}""", Refusals.Pods, "Pod", "json: cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"containers":{"name":"c"}}}""", Refusals.Pods, "Pod", "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"hostNetwork":"yes"}}""", Refusals.Pods, "Pod", "json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"activeDeadlineSeconds":99999999999999999999}}""", Refusals.Pods, "Pod", "json: cannot unmarshal number 99999999999999999999 into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64")]
    [InlineData("""{"metadata":{"name":"a"},"spec":{"containers":[{"resources":{"limits":{"cpu":"much"}}}]}}""", Refusals.Pods, "Pod", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")]
    public Task Post_WrongType_NamesTheField(string body, string path, string kind, string why) =>
        refusals.PostAsync(path, body, 400, "BadRequest", $"{kind} in version \"v1\" cannot be handled as a {kind}: {why}");

    [Theory]
    [InlineData("""{"apiVersion":"v1","kind":"Foo"}""", "Foo in version \"v1\" cannot be handled as a ConfigMap: no kind \"Foo\" is registered for version \"v1\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"")]
    [InlineData("""{"apiVersion":"v9","kind":"ConfigMap"}""", "ConfigMap in version \"v9\" cannot be handled as a ConfigMap: no kind \"ConfigMap\" is registered for version \"v9\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"")]
    [InlineData("""{"apiVersion":"v1","kind":"Secret"}""", "Secret in version \"v1\" cannot be handled as a ConfigMap: converting (v1.Secret) to (core.ConfigMap): unknown conversion")]
    [InlineData("""{"apiVersion":"a/b/c","kind":"ConfigMap"}""", Unrecognized + "unexpected GroupVersion string: a/b/c ({\"apiVersion\":\"a/b/c\",\"kind\":\" ...)")]
    public Task Post_UnknownOrOtherKind_IsNamed(string body, string message) => refusals.PostAsync(ConfigMaps, body, 400, "BadRequest", message);

    [Fact]
    public Task Post_InvalidUtf8InAName_IsInvalid() => refusals.CheckAsync(HttpMethod.Post, ConfigMaps, [.. "{\"metadata\":{\"name\":\"a"u8, 0xff, .. "\"}}"u8], "application/json", 422, "Invalid",
        "ConfigMap \"a\ufffd\" is invalid: metadata.name: Invalid value: \"a\ufffd\": " + Subdomain);

    [Theory]
    [InlineData("A")]
    [InlineData("a_b")]
    [InlineData("-a")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a b")]
    public Task Post_NameThatBreaksTheRules_IsInvalid(string name) => refusals.PostAsync(ConfigMaps, $$$"""{"metadata":{"name":"{{{name}}}"}}""", 422, "Invalid",
        $"ConfigMap \"{name}\" is invalid: metadata.name: Invalid value: \"{name}\": {Subdomain}");

    [Fact]
    public async Task Post_NoNameOrTooLong_IsInvalid()
    {
        await refusals.PostAsync(ConfigMaps, "{}", 422, "Invalid", "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is required");
        var name = new string('a', 254);
        await refusals.PostAsync(ConfigMaps, $$$"""{"metadata":{"name":"{{{name}}}"}}""", 422, "Invalid",
            $"ConfigMap \"{name}\" is invalid: metadata.name: Invalid value: \"{name}\": must be no more than 253 characters");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    public Task Post_UnknownContentType_IsUnsupported(string contentType) => refusals.PostAsync(ConfigMaps, "{}", 415, "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf", contentType);

    [Fact]
    public Task Post_TruncatedGzip_IsNoJson()
    {
        using var buffer = new MemoryStream();
        using (var zip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true)) zip.Write(new byte[1000]);
        var head = buffer.ToArray()[..12];
        return refusals.CheckAsync(HttpMethod.Post, ConfigMaps, head, "application/json", 400, "BadRequest",
            $"{Unrecognized}couldn't get version/kind; json parse error: invalid character '\\x1f' looking for beginning of value ({Convert.ToHexStringLower(head)})");
    }

    [Theory]
    [InlineData(new byte[] { }, "empty data (<empty>)")]
    [InlineData(new byte[] { 1, 2, 3, 4 }, "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (01020304)")]
    [InlineData(new byte[] { 107, 56, 115, 0 }, "empty body (6b387300)")]
    [InlineData(new byte[] { 107, 56, 115, 0, 255, 255 }, "unexpected EOF (6b387300ffff)")]
    public Task Post_NoProtobuf_ShowsItsHead(byte[] body, string why) => refusals.CheckAsync(HttpMethod.Post, ConfigMaps, body, Protobuf, 400, "BadRequest", Unrecognized + why);

    [Fact]
    public async Task Post_ProtobufOfNoKindOrCutOff_IsRefused()
    {
        byte[] unknown = [.. "k8s\0"u8, 0x0a, 0x09, 0x0a, 0x02, .. "v1"u8, 0x12, 0x03, .. "Foo"u8, 0x12, 0x00];
        await refusals.CheckAsync(HttpMethod.Post, ConfigMaps, unknown, Protobuf, 400, "BadRequest",
            "Foo in version \"v1\" cannot be handled as a ConfigMap: no kind \"Foo\" is registered for version \"v1\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"");
        byte[] cut = [.. "k8s\0"u8, 0x0a, 0x0f, 0x0a, 0x02, .. "v1"u8, 0x12, 0x09, .. "ConfigMap"u8, 0x12, 0x02, 0x0a, 0x7f];
        await refusals.CheckAsync(HttpMethod.Post, ConfigMaps, cut, Protobuf, 400, "BadRequest", "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: unexpected EOF");
    }

    [Theory]
    [InlineData("{\"propagationPolicy\":", "couldn't get version/kind; json parse error: unexpected end of JSON input")]
    [InlineData("{\"propagationPolicy\":7}", "json: cannot unmarshal number into Go struct field DeleteOptions.propagationPolicy of type v1.DeletionPropagation")]
    public Task Delete_MalformedOptions_TellsWhatTheDecoderSays(string body, string message) =>
        refusals.CheckAsync(HttpMethod.Delete, $"{ConfigMaps}/there", Encoding.UTF8.GetBytes(body), "application/json", 500, "", message);

    [Fact]
    public async Task Post_BodyThatBreaksOff_LeavesTheServerServing()
    {
        var server = refusals.Server;
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(server.Address.Host, server.Address.Port, HttpFixture.Ct);
            await using var tls = new SslStream(socket.GetStream());
            await tls.AuthenticateAsClientAsync(server.Tls(server.Pki.AdminCertificate), HttpFixture.Ct);
            await tls.WriteAsync(Encoding.ASCII.GetBytes($"POST {ConfigMaps} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{{\"metadata\":{{\"name\":\"half\""), HttpFixture.Ct);
            await tls.FlushAsync(HttpFixture.Ct);
        }
        await refusals.GetAsync($"{ConfigMaps}/half", 404, "NotFound", "configmaps \"half\" not found");
    }

    private const string Subdomain = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    /// <summary>A body that breaks HTTP's own rules is refused like any other; the answer must not look like a success.</summary>
    [Theory]
    [InlineData("POST", Refusals.ConfigMaps, "zz\r\n")]
    [InlineData("PUT", Refusals.ConfigMaps + "/there", "zz\r\n")]
    [InlineData("DELETE", Refusals.ConfigMaps + "/there", "zz\r\n")]
    [InlineData("POST", Refusals.ConfigMaps, "FFFFFFFFFFFFFFFFF\r\n")]
    [InlineData("DELETE", Refusals.ConfigMaps + "/there", "FFFFFFFFFFFFFFFFF\r\n")]
    [InlineData("POST", Refusals.ConfigMaps, "-1\r\n")]
    [InlineData("POST", Refusals.ConfigMaps, "1\r\n{{{")]
    public async Task Body_InBrokenChunks_IsABadRequest(string method, string path, string chunks)
    {
        var (head, body) = await refusals.RawAsync($"{method} {path} HTTP/1.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked", chunks);

        Assert.StartsWith("HTTP/1.1 400 ", head, StringComparison.Ordinal);
        Assert.Contains("\"status\":\"Failure\"", body, StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"BadRequest\",\"code\":400", body, StringComparison.Ordinal);
        Assert.Equal(200, (await refusals.Server.SendAsync(HttpMethod.Get, $"{Refusals.ConfigMaps}/there")).Code);
    }
}
