namespace Coxswain.ApiServer.Tests.Http;

public sealed class FieldValidationTests
{
    private const string Odd = """{"metadata":{"name":"a"},"data":{"k":"1"},"data":{"k":"2"},"colour":"red"}""";

    [Theory]
    [InlineData("?fieldValidation=Ignore", 201, 0)]
    [InlineData("?fieldValidation=Warn", 201, 2)]
    [InlineData("", 201, 2)]
    [InlineData("?fieldValidation=Strict", 400, 0)]
    public async Task Create_WithUnknownAndDuplicateFields_IsTakenAsAsked(string query, int code, int warnings)
    {
        await using var server = await HttpFixture.StartAsync();
        using var response = await server.RequestAsync(HttpMethod.Post, $"/api/v1/namespaces/ns/configmaps{query}", Odd);
        var body = await response.Content.ReadAsStringAsync(HttpFixture.Ct);
        var said = response.Headers.TryGetValues("Warning", out var values) ? string.Join(',', values) : "";

        Assert.Equal(code, (int)response.StatusCode);
        Assert.Equal(warnings, said.Split("299 - ").Length - 1);
        var where = code == 400 ? body : said;
        Assert.Equal(code == 400 || warnings > 0, where.Contains("duplicate field \\\"data\\\"", StringComparison.Ordinal) && where.Contains("unknown field \\\"colour\\\"", StringComparison.Ordinal));
        if (code == 400) Assert.Contains("strict decoding error: ", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/merge-patch+json", """{"colour":"red"}""")]
    [InlineData("application/strategic-merge-patch+json", """{"colour":"red"}""")]
    [InlineData("application/json-patch+json", """[{"op":"add","path":"/colour","value":"red"}]""")]
    public async Task Patch_WithAnUnknownField_IsRefusedWhenStrict(string type, string patch)
    {
        await using var server = await HttpFixture.StartAsync();
        await server.CreateConfigMapAsync("a");
        var strict = await server.SendAsync(HttpMethod.Patch, "/api/v1/namespaces/ns/configmaps/a?fieldValidation=Strict", patch, type);
        using var warned = await server.RequestAsync(HttpMethod.Patch, "/api/v1/namespaces/ns/configmaps/a", patch, type);

        Assert.Contains("unknown field \\\"colour\\\"", strict.Body, StringComparison.Ordinal);
        Assert.True(strict.Code is 400 or 422, strict.Body);
        Assert.Equal(200, (int)warned.StatusCode);
        Assert.Contains("unknown field \\\"colour\\\"", string.Join(',', warned.Headers.GetValues("Warning")), StringComparison.Ordinal);
    }
}
