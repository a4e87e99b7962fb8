using System.Text.Json.Nodes;

namespace Coxswain.ApiServer.Tests.Http.BadInput;

public sealed class BadQueryTests(Refusals refusals) : IClassFixture<Refusals>
{
    private const string ConfigMaps = Refusals.ConfigMaps;

    [Theory]
    [InlineData("limit=abc", 400, "BadRequest", "strconv.ParseInt: parsing \"abc\": invalid syntax")]
    [InlineData("limit=", 400, "BadRequest", "strconv.ParseInt: parsing \"\": invalid syntax")]
    [InlineData("limit=99999999999999999999", 400, "BadRequest", "strconv.ParseInt: parsing \"99999999999999999999\": value out of range")]
    [InlineData("timeoutSeconds=x", 400, "BadRequest", "strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("watch=true&timeoutSeconds=x", 400, "BadRequest", "strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("resourceVersion=abc", 500, "", "resourceVersion: Invalid value: \"abc\": strconv.ParseUint: parsing \"abc\": invalid syntax")]
    [InlineData("watch=true&resourceVersion=-1", 500, "", "resourceVersion: Invalid value: \"-1\": strconv.ParseUint: parsing \"-1\": invalid syntax")]
    [InlineData("labelSelector=a%20b", 400, "BadRequest", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt")]
    [InlineData("fieldSelector=x", 400, "BadRequest", "invalid selector: 'x'; can't understand 'x'")]
    [InlineData("fieldSelector=spec.x%3D1", 400, "BadRequest", "\"spec.x\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")]
    [InlineData("continue=%25", 400, "BadRequest", "invalid continue token: continue key is not valid: illegal base64 data at input byte 0")]
    [InlineData("continue=abcde", 400, "BadRequest", "invalid continue token: continue key is not valid: illegal base64 data at input byte 4")]
    [InlineData("continue=eyI", 400, "BadRequest", "invalid continue token: continue key is not valid: unexpected end of JSON input")]
    [InlineData("continue=eyK", 400, "BadRequest", "invalid continue token: continue key is not valid: unexpected end of JSON input")] // the same, and bits left over
    [InlineData("continue=abc", 400, "BadRequest", "invalid continue token: continue key is not valid: invalid character 'i' looking for beginning of value")]
    [InlineData("continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiIuLi8uLi9zZWNyZXRzIn0", 400, "BadRequest", "invalid continue token: continue key is not valid: ../../secrets")]
    [InlineData("resourceVersionMatch=Odd&continue=x&sendInitialEvents=true", 422, "Invalid", "ListOptions.meta.k8s.io \"\" is invalid: [resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided, "
        + "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided, resourceVersionMatch: Unsupported value: \"Odd\": supported values: \"Exact\", \"NotOlderThan\", \"\", "
        + "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list]")]
    [InlineData("resourceVersionMatch=Exact", 422, "Invalid", "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided")]
    public Task List_BadParameter_NamesIt(string query, int code, string reason, string message) => refusals.GetAsync($"{ConfigMaps}?{query}", code, reason, message);

    [Theory]
    [InlineData("limit=-1")] // no limit, as upstream has it
    [InlineData("limit=%zz&limit=5")] // what is badly encoded is not there
    [InlineData("limit=x;y")]
    [InlineData("%")]
    public async Task List_OddParameter_IsLeftAside(string query)
    {
        var (head, body) = await refusals.RawAsync($"GET {ConfigMaps}?{query} HTTP/1.1");

        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"there\"", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dryRun=Some", "dryRun: Unsupported value: [\"Some\"]: supported values: \"All\"")]
    [InlineData("dryRun=All&dryRun=Some", "dryRun: Unsupported value: [\"All\",\"Some\"]: supported values: \"All\"")]
    [InlineData("fieldValidation=x&dryRun=y&fieldManager=%09", "[fieldManager: Invalid value: \"\\t\": invalid character U+0009 (at position 0), dryRun: Unsupported value: [\"y\"]: supported values: \"All\", "
        + "fieldValidation: Unsupported value: \"x\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"]")]
    [InlineData("fieldValidation=Loose", "fieldValidation: Unsupported value: \"Loose\": supported values: \"\", \"Ignore\", \"Strict\", \"Warn\"")]
    [InlineData("fieldManager=a%00b", "fieldManager: Invalid value: \"a\\x00b\": invalid character U+0000 (at position 1)")]
    public Task Post_BadOption_IsInvalid(string query, string finding) =>
        refusals.PostAsync($"{ConfigMaps}?{query}", "{}", 422, "Invalid", $"CreateOptions.meta.k8s.io \"\" is invalid: {finding}");

    [Theory]
    [InlineData("gracePeriodSeconds=x", 400, "BadRequest", "strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("dryRun=x", 422, "Invalid", "DeleteOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"x\"]: supported values: \"All\"")]
    [InlineData("orphanDependents=true&propagationPolicy=Orphan", 422, "Invalid", "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Invalid value: \"Orphan\": orphanDependents and deletionPropagation cannot be both set")]
    [InlineData("propagationPolicy=x", 422, "Invalid", "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"x\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"")]
    public Task Delete_BadOption_DeletesNothing(string query, int code, string reason, string message) =>
        refusals.CheckAsync(HttpMethod.Delete, $"{ConfigMaps}/there?{query}", null, "", code, reason, message);

    [Theory]
    [InlineData("uid=other", "the UID in the precondition (other) does not match the UID in record ({uid}). The object might have been deleted and then recreated")]
    [InlineData("resourceVersion=1", "the ResourceVersion in the precondition (1) does not match the ResourceVersion in record ({resourceVersion}). The object might have been modified")]
    public async Task Delete_PreconditionInTheQuery_Holds(string query, string why)
    {
        var meta = JsonNode.Parse((await refusals.Server.SendAsync(HttpMethod.Get, $"{ConfigMaps}/there")).Body)!["metadata"]!;
        foreach (var field in (string[])["uid", "resourceVersion"]) why = why.Replace($"{{{field}}}", (string)meta[field]!, StringComparison.Ordinal);

        await refusals.CheckAsync(HttpMethod.Delete, $"{ConfigMaps}/there?{query}", null, "", 409, "Conflict", $"Operation cannot be fulfilled on ConfigMap \"there\": {why}");
        await refusals.CheckAsync(HttpMethod.Delete, $"{ConfigMaps}?{query}", null, "", 409, "Conflict", $"Operation cannot be fulfilled on ConfigMap \"there\": {why}");
    }

    [Theory]
    [InlineData("resourceVersion=abc", 500, "", "resourceVersion: Invalid value: \"abc\": strconv.ParseUint: parsing \"abc\": invalid syntax")]
    [InlineData("resourceVersion=999999", 504, "Timeout", "Timeout: Too large resource version: 999999, current: {now}")]
    public Task Get_OfAStateThatIsNotReached_SaysSo(string query, int code, string reason, string message) =>
        refusals.GetAsync($"{ConfigMaps}/there?{query}", code, reason, message.Replace("{now}", $"{refusals.Server.Core.Store.Revision}", StringComparison.Ordinal));

    [Theory]
    [InlineData("nodes")]
    [InlineData("namespaces")]
    public Task List_NamespaceOfWhatHasNone_IsNotSupported(string resource) =>
        refusals.GetAsync($"/api/v1/{resource}?fieldSelector=metadata.namespace%3Dx", 400, "BadRequest", "field label not supported: metadata.namespace");

    [Fact]
    public Task Patch_ForcedThoughItIsNoApply_IsForbidden() => refusals.CheckAsync(HttpMethod.Patch, $"{ConfigMaps}/there?force=true", "{}"u8.ToArray(), "application/merge-patch+json",
        422, "Invalid", "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply patch");

    [Theory]
    [InlineData("PartialObjectMetadata", "", "you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)")]
    [InlineData("PartialObjectMetadataList", "/there", "you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)")]
    public Task Get_ShapeThatIsOfTheOtherNumber_IsNotAcceptable(string shape, string name, string message) =>
        refusals.GetAsync($"{ConfigMaps}{name}", 406, "NotAcceptable", message, $"application/json;as={shape};v=v1;g=meta.k8s.io");

    [Fact]
    public Task Watch_InYaml_IsNotAcceptable() =>
        refusals.GetAsync($"{ConfigMaps}?watch=true", 406, "NotAcceptable", "only the following media types are accepted: application/json;stream=watch", "application/yaml, application/json");

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/xml, text/*")]
    [InlineData("application/json;as=Table;v=v9;g=meta.k8s.io")]
    public async Task Any_BadAccept_IsRefusedBeforeAnythingIsDone(string accept)
    {
        const string Message = "only the following media types are accepted: application/json, application/yaml";
        await refusals.GetAsync(ConfigMaps, 406, "NotAcceptable", Message, accept);
        await refusals.GetAsync($"{ConfigMaps}?watch=true", 406, "NotAcceptable", Message, accept);
        await refusals.CheckAsync(HttpMethod.Post, ConfigMaps, "{\"metadata\":{\"name\":\"made\"}}"u8.ToArray(), "application/json", 406, "NotAcceptable", Message, accept);
        await refusals.CheckAsync(HttpMethod.Delete, $"{ConfigMaps}/there", null, "", 406, "NotAcceptable", Message, accept);
        await refusals.GetAsync($"{ConfigMaps}/made", 404, "NotFound", "configmaps \"made\" not found");
    }

    [Theory]
    [InlineData("/..", "\"..\": may not be '..'")]
    [InlineData("/%2e", "\".\": may not be '.'")]
    [InlineData("/a%25b", "\"a%b\": may not contain '%'")]
    public async Task Get_NameThatIsNoPathSegment_IsRefused(string name, string why)
    {
        var (head, body) = await refusals.RawAsync($"GET {ConfigMaps}{name} HTTP/1.1");

        Assert.StartsWith("HTTP/1.1 400 ", head, StringComparison.Ordinal);
        Assert.Contains($"\"message\":\"Name parameter invalid: {why.Replace("\"", "\\\"", StringComparison.Ordinal)}\",\"reason\":\"BadRequest\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_BadPercentEncodingInThePath_IsABadRequest()
    {
        var (head, body) = await refusals.RawAsync("GET /api/v1/namespaces/%zz/configmaps HTTP/1.1");

        Assert.StartsWith("HTTP/1.1 400 ", head, StringComparison.Ordinal);
        Assert.Equal("400 Bad Request", body);
    }

    [Fact]
    public async Task Get_HugeHeaderOrPath_IsRefused()
    {
        Assert.StartsWith("HTTP/1.1 431 ", (await refusals.RawAsync($"GET /version HTTP/1.1\r\nX-A: {new string('b', 200_000)}")).Head, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 414 ", (await refusals.RawAsync($"GET /{new string('x', 70_000)} HTTP/1.1")).Head, StringComparison.Ordinal);
        Assert.Equal((200, "ok"), await refusals.Server.SendAsync(HttpMethod.Get, "/healthz"));
    }
}
