using Coxswain.Api;

namespace Coxswain.ApiServer.Tests.Pipeline;

/// <summary>Versions beside the stored one: their own rules, the same rows.</summary>
public sealed class ServedVersionTests : IAsyncDisposable
{
    private readonly CoreFixture _server = new();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Create_EventThroughTheNewerGroup_IsHeldToAllRules()
    {
        await _server.NamespaceAsync("ns");
        var error = await Assert.ThrowsAsync<StatusException>(() => _server.CreateAsync(Kinds.EventsV1, "ns",
            """{"metadata":{"name":"e"},"regarding":{"kind":"Pod","name":"p","namespace":"ns"},"type":"Normal","deprecatedCount":2}"""));
        Assert.Equal("Event \"e\" is invalid: [eventTime: Required value, count: Invalid value: \"\": needs to be unset]", error.Message);
    }

    [Fact]
    public async Task CellsOf_EventOfTheNewerGroup_AreThoseOfTheOlder()
    {
        await _server.NamespaceAsync("ns");
        await _server.CreateAsync(Kinds.Events, "ns", """{"metadata":{"name":"e"},"involvedObject":{"kind":"Pod","name":"p","namespace":"ns"},"reason":"R","message":"m","type":"Normal"}""");
        var endpoint = _server[Kinds.EventsV1];
        var cells = endpoint.CellsOf(endpoint.ObjectOf(endpoint.Get(CoreFixture.Request("ns", "e"))), Resources.Written.Now);
        Assert.Equal("pod/p", cells[3]);
    }
}
