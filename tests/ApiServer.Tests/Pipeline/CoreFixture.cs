using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Coxswain.Api;
using Coxswain.ApiServer.Auth;
using Coxswain.ApiServer.Pipeline;
using Coxswain.ApiServer.Resources;
using Coxswain.Store;

namespace Coxswain.ApiServer.Tests.Pipeline;

/// <summary>A server without sockets on a store of its own.</summary>
internal sealed class CoreFixture : IAsyncDisposable
{
    public static readonly UserInfo Admin = new("admin", ["system:masters"]);

    public CoreFixture(StoreOptions? store = null)
    {
        Store = new MemoryStore(store);
        Core = new ApiServerCore(Store, Clock, ResourceCatalog.All, new PipelineOptions { DetectMutation = true });
        Client = new InProcessClient(Core, Admin);
    }

    public MemoryStore Store { get; }
    public FixedClock Clock { get; } = new();
    public ApiServerCore Core { get; }
    public InProcessClient Client { get; }
    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ResourceEndpoint this[ResourceType type] => Core.Find(type.Group, type.Version, type.Resource)!;

    public static RequestContext Request(string ns = "", string name = "", bool dryRun = false) => new() { User = Admin, Namespace = ns, Name = name, DryRun = dryRun, Cancelled = Ct };

    public static ObjectBody Body(string json) => ObjectBody.Of(Encoding.UTF8.GetBytes(json));

    public async Task<JsonNode> CreateAsync(ResourceType type, string ns, string json) => Node((await this[type].CreateAsync(Request(ns), Body(json))).Json);

    public async Task<JsonNode> UpdateAsync(ResourceType type, string ns, string name, string json, string subresource = "") =>
        Node((await this[type].UpdateAsync(Request(ns, name), Body(json), subresource)).Json);

    public JsonNode Get(ResourceType type, string ns, string name) => Node(this[type].Get(Request(ns, name)).Json);

    public async Task NamespaceAsync(string name) => await CreateAsync(Kinds.Namespaces, "", $$$"""{"metadata":{"name":"{{{name}}}"}}""");

    public static JsonNode Node(ReadOnlyMemory<byte> json) => JsonNode.Parse(json.Span)!;

    public static JsonNode Node(ListAnswer list)
    {
        var buffer = new ArrayBufferWriter<byte>();
        list.WriteTo(buffer);
        return Node(buffer.WrittenMemory);
    }

    public static async Task<StatusException> FailsAsync(int code, string reason, string message, Func<Task> request)
    {
        var error = await Assert.ThrowsAsync<StatusException>(request);
        Assert.Equal((code, reason, message), (error.Code, error.Reason, error.Message));
        return error;
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
