using Coxswain.Api;
using Coxswain.ApiServer.Tests.Pipeline;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Resources.Apps;

public sealed class ControllerRevisionTests
{
    [Theory]
    [InlineData("\"revision\":1", "data: Required value: data is mandatory")]
    [InlineData("\"revision\":1,\"data\":[]", "data: Required value: data must be a valid JSON object")]
    [InlineData("\"revision\":-1,\"data\":{}", "revision: Invalid value: -1: must be greater than or equal to 0")]
    public async Task Create_ThatCannotBeAState_IsInvalid(string fields, string why)
    {
        await using var server = new CoreFixture();
        await server.NamespaceAsync("ns");

        await FailsAsync(422, "Invalid", $"ControllerRevision.apps \"r\" is invalid: {why}",
            () => server.CreateAsync(Kinds.ControllerRevisions, "ns", $$$"""{"metadata":{"name":"r"},{{{fields}}}}"""));
    }
}
