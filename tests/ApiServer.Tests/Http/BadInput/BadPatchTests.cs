using System.Text;

namespace Coxswain.ApiServer.Tests.Http.BadInput;

public sealed class BadPatchTests(Refusals refusals) : IClassFixture<Refusals>
{
    private const string Json = "application/json-patch+json";
    private const string Merge = "application/merge-patch+json";
    private const string Strategic = "application/strategic-merge-patch+json";

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("application/apply-patch+yaml")]
    public Task Patch_WrongType_IsUnsupported(string contentType) => PatchAsync("{}", contentType, 415, "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json");

    [Theory]
    [InlineData("", Json, "error decoding patch: unexpected end of JSON input")]
    [InlineData("{}", Json, "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp")]
    [InlineData("[7]", Json, "error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp")]
    [InlineData("[{\"op\":7}]", Json, "error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.op of type string")]
    [InlineData("{\"a\":", Merge, "error decoding patch: unexpected end of JSON input")]
    [InlineData("[]", Merge, "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}")]
    [InlineData("null", Merge, "Invalid JSON Patch")]
    [InlineData("x", Strategic, "invalid character 'x' looking for beginning of value")]
    [InlineData("[]", Strategic, "json: cannot unmarshal array into Go value of type map[string]interface {}")]
    [InlineData("{\"metadata\":{\"name\":\"b\"}}", Merge, "the name of the object (b) does not match the name on the URL (there)")]
    public Task Patch_Malformed_IsABadRequest(string patch, string contentType, string message) => PatchAsync(patch, contentType, 400, "BadRequest", message);

    [Theory]
    [InlineData(Json)]
    [InlineData(Merge)]
    [InlineData(Strategic)]
    public Task Patch_Deep_IsABadRequest(string contentType) => PatchAsync(
        string.Concat(Enumerable.Repeat("{\"a\":", 20_000)), contentType, 400, "BadRequest", contentType == Strategic ? "exceeded max depth" : "error decoding patch: exceeded max depth");

    [Theory]
    [InlineData("[{\"op\":\"add\"}]")]
    [InlineData("[null]")]
    [InlineData("[{\"op\":\"explode\",\"path\":\"/data\"}]")]
    [InlineData("[{\"op\":\"remove\",\"path\":\"/data/none\"}]")]
    [InlineData("[{\"op\":\"test\",\"path\":\"/data/a\",\"value\":\"z\"}]")]
    public Task Patch_JsonThatCannotBeApplied_IsInvalid(string patch) => PatchAsync(patch, Json, 422, "Invalid", "the server rejected our request due to an error in our request");

    [Theory]
    [InlineData("{\"data\":{\"a\":7}}", " \"\" is invalid: patch: Invalid value: \"map[data:map[a:7]]\": cannot convert int64 to string", 422, "Invalid")]
    [InlineData("{\"$patch\":\"explode\"}", "unknown patch type: explode in map: map[$patch:explode]", 500, "")]
    [InlineData("{\"metadata\":{\"$deleteFromPrimitiveList/finalizers\":7}}", "invalid patch format of primitive list", 400, "BadRequest")]
    public Task Patch_StrategicThatMakesNoSense_TellsWhy(string patch, string message, int code, string reason) => PatchAsync(patch, Strategic, code, reason, message);

    [Theory]
    [InlineData(Merge)]
    [InlineData(Strategic)]
    public async Task Patch_KeyTwice_WarnsAndTakesTheLast(string contentType)
    {
        var body = Encoding.UTF8.GetBytes("{\"data\":{\"twice\":\"1\",\"twice\":\"2\"}}");
        using var response = await refusals.Server.RequestAsync(HttpMethod.Patch, $"{Refusals.ConfigMaps}/there?dryRun=All", body, contentType);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(["299 - \"duplicate field \\\"data.twice\\\"\""], response.Headers.GetValues("Warning"));
        Assert.Contains("\"twice\":\"2\"", await response.Content.ReadAsStringAsync(HttpFixture.Ct), StringComparison.Ordinal);
    }

    [Fact]
    public Task Put_ResourceVersionThatIsNoNumber_TellsWhatTheParserSays() => refusals.CheckAsync(HttpMethod.Put, $"{Refusals.ConfigMaps}/there",
        "{\"metadata\":{\"name\":\"there\",\"resourceVersion\":\"abc\"}}"u8.ToArray(), "application/json", 500, "", "strconv.ParseUint: parsing \"abc\": invalid syntax");

    private Task PatchAsync(string patch, string contentType, int code, string reason, string message) =>
        refusals.CheckAsync(HttpMethod.Patch, $"{Refusals.ConfigMaps}/there", Encoding.UTF8.GetBytes(patch), contentType, code, reason, message);
}
