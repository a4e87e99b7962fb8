using Coxswain.Api;
using static Coxswain.ApiServer.Tests.Pipeline.CoreFixture;

namespace Coxswain.ApiServer.Tests.Pipeline;

public sealed class BindingTests : IAsyncLifetime
{
    private readonly CoreFixture _server = new();

    public async ValueTask InitializeAsync()
    {
        await _server.NamespaceAsync("ns");
        await _server.CreateAsync(Kinds.ServiceAccounts, "ns", """{"metadata":{"name":"default"}}""");
        await _server.CreateAsync(Kinds.Pods, "ns", """{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<string> BindAsync(string json, string ns = "ns") => Node((await _server[Kinds.Bindings].CreateAsync(Request(ns), Body(json))).Json).ToJsonString();

    [Fact]
    public async Task Binding_ByTheCollection_GivesThePodItsNode()
    {
        var answer = await BindAsync("""{"metadata":{"name":"p"},"target":{"kind":"Node","name":"n1"}}""");

        Assert.Equal("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success","code":201}""", answer);
        Assert.Equal("n1", (string)_server.Get(Kinds.Pods, "ns", "p")["spec"]!["nodeName"]!);
        await FailsAsync(409, "Conflict", "Operation cannot be fulfilled on pods/binding \"p\": pod p is already assigned to node \"n1\"",
            () => BindAsync("""{"metadata":{"name":"p"},"target":{"name":"n2"}}"""));
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"ghost"},"target":{"name":"n1"}}""", 404, "NotFound", "pods \"ghost\" not found")]
    [InlineData("""{"target":{"name":"n1"}}""", 400, "BadRequest", "Name parameter required.")]
    [InlineData("""{"metadata":{"name":"p"}}""", 500, "", "target.name: Required value")]
    [InlineData("""{"metadata":{"name":"p"},"target":{"kind":"Minion"}}""", 500, "", "[target.kind: Unsupported value: \"Minion\": supported values: \"Node\", \"<empty>\", target.name: Required value]")]
    [InlineData("""{"metadata":{"name":"p","namespace":"other"},"target":{"name":"n1"}}""", 400, "BadRequest", "the namespace of the provided object does not match the namespace sent on the request")]
    public async Task Binding_ThatCannotBe_IsRefused(string json, int code, string reason, string message) => await FailsAsync(code, reason, message, () => BindAsync(json));

    [Fact]
    public async Task Binding_InANamespaceThatIsNotThere_IsNotFound() =>
        await FailsAsync(404, "NotFound", "namespaces \"ghost\" not found", () => BindAsync("""{"metadata":{"name":"p"},"target":{"name":"n1"}}""", "ghost"));

    [Fact]
    public async Task Binding_AtThePod_MustNameIt() => await FailsAsync(400, "BadRequest", "name in URL does not match name in Binding object",
        async () => await _server[Kinds.Pods].CreateAsync(Request("ns", "p"), Body("""{"metadata":{"name":"q"},"target":{"name":"n1"}}"""), "binding"));
}
